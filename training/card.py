"""The model card: one HTML page that says what a model is, what it reached and what it cannot do.

Speaks from the manifest alone, so that the card of a bundle can be made again from its signed bytes; it
measures nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from training.pages import render_page
from training.thresholds import lower_bound
from triage.bundle import Manifest

__all__ = ["Verdict", "field_verdicts", "render_card"]

FEWEST = 10
"""Held-out tickets below which a label's share found is mostly chance."""

LISTED = 10

LEVEL_WORDS = {
    "rules": "no labels to learn from; rules and descriptions decide",
    "few-shot": "a handful of tickets a label",
    "linear": "enough tickets for one linear model",
    "hybrid": "enough tickets to blend models of words, meaning and form fields",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence about a field; ``good`` is False where a reader should take care."""

    good: bool
    text: str


def render_card(manifest: Manifest) -> str:
    """Return a model's card as one self-contained HTML page.

    Parameters
    ----------
    manifest : Manifest
        As :func:`training.train.train_bundle` makes it; ``files`` are not needed.
    """
    training = manifest.training
    settings = {name: value for name, value in training["config"].items() if name not in ("merged", "seed")}
    return render_page(
        "card.html",
        title=f"Model card: {manifest.version}",
        manifest=manifest,
        training=training,
        period=_period(training),
        judged=_judged(training),
        fields=[_field(name, facts) for name, facts in manifest.fields.items()],
        limits=_limits(training),
        fewest=FEWEST,
        merged=sum(len(one) for one in manifest.taxonomy.merged.values()),
        settings=[(name, value) for name, value in settings.items() if value not in ((), {}, [])],
    )


def field_verdicts(facts: Mapping[str, Any]) -> list[Verdict]:
    """Return what the numbers of one field mean, in sentences.

    Parameters
    ----------
    facts : Mapping
        The manifest's ``fields[name]``.
    """
    metrics, target = facts["metrics"], facts["target_precision"]
    tickets = metrics["tickets"]
    verdicts = []
    accuracy_bound = lower_bound(round(metrics["accuracy"] * tickets), tickets)
    if accuracy_bound <= metrics["majority"]:
        verdicts.append(
            Verdict(
                False,
                f"Not learnt: it is right in {metrics['accuracy']:.1%}, and always answering the commonest "
                f"label would be right in {metrics['majority']:.1%}; on {tickets:,} tickets that is no proof "
                "of being better.",
            )
        )
    if not metrics["coverage"]:
        verdicts.append(
            Verdict(
                False,
                f"Nothing is applied: no threshold keeps the promise that {target:.0%} of what is applied is "
                "right. It can only suggest.",
            )
        )
    else:
        verdicts.append(
            Verdict(
                metrics["precision_lower_bound"] >= target,
                f"Of {tickets:,} held-out tickets it would have applied a value to {metrics['coverage']:.1%};"
                f" {metrics['precision']:.1%} of these were right (at least "
                f"{metrics['precision_lower_bound']:.1%}, 19 times in 20). Promised: {target:.0%}.",
            )
        )
    if metrics["ece"] > metrics["ece_null_95"]:
        verdicts.append(
            Verdict(
                False,
                f"Stated confidence is {metrics['ece']:.3f} away from what came true on average, more than "
                f"chance explains ({metrics['ece_null_95']:.3f}): tickets have changed over time, or there "
                "were too few to calibrate on.",
            )
        )
    never = facts["labels"] - metrics["labels_applied"]
    if never and metrics["coverage"]:
        verdicts.append(
            Verdict(
                True, f"{never:,} of {facts['labels']:,} labels have no threshold: they are never applied."
            )
        )
    return verdicts


def _field(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    rows = facts["metrics"]["labels"]
    judged = [row for row in rows if row["tickets"] >= FEWEST]
    return {
        **facts,
        "name": name,
        "level_words": LEVEL_WORDS[facts["level"]],
        "verdicts": field_verdicts(facts),
        "hardest": sorted(judged, key=lambda row: (row["recall"], -row["tickets"]))[:LISTED],
        "thinnest": sorted(rows, key=lambda row: row["tickets"])[:LISTED],
    }


def _period(training: Mapping[str, Any]) -> str:
    if not training["first"]:
        return ""
    first, last = (datetime.fromisoformat(training[name]) for name in ("first", "last"))
    return f"from {first:%d %B %Y} to {last:%d %B %Y}"


def _judged(training: Mapping[str, Any]) -> str:
    if training["ordered"]:
        return "Every figure is of tickets filed later than those it learnt from at that point."
    return (
        "The tickets carry no usable time: every figure is of tickets held out at random. On later tickets "
        "it will do less well."
    )


def _limits(training: Mapping[str, Any]) -> list[str]:
    limits = [
        "It proposes values for new tickets of the helpdesk whose history it learnt from; it knows nothing "
        "of other helpdesks.",
        "It knows only the labels of that history. A label that is new since then is never predicted until "
        "it is trained again.",
        "A label without threshold is never applied, whatever the confidence: held-out tickets gave no proof "
        "that the promise would be kept. It may be suggested.",
        "Right means: as people filed past tickets in the end. Where they misfiled, it learnt that, and is "
        "measured against that.",
        "The thresholds were solved on the same held-out tickets that are counted here, with a bound for the "
        "finite number of them. `triage evaluate` on later tickets is the independent check.",
        "It abstains on tickets unlike any it learnt from and on tickets that say nothing; guardrails and "
        "the policy may hold back more. In service it therefore applies rather less than stands here.",
        "It reads subject, body and form fields as they were at filing, and no attachments or pictures. Its "
        "sense of meaning was trained on English; tickets in other languages rest on their words.",
    ]
    if not training["ordered"]:
        limits.append("Without times nothing here can tell how fast it ages.")
    return limits
