"""The model card: one HTML page that says what a model is, what it reached and what it cannot do.

Speaks from the manifest alone, so that the card of a bundle can be made again from its signed bytes; it
measures nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from training.pages import render_page
from training.verdicts import field_verdicts
from triage.bundle import Manifest

__all__ = ["render_card"]

FEWEST = 10
"""Held-out tickets below which a label's share found is mostly chance."""

LISTED = 10
SHORT = 20
"""A table of so few labels shows its hardest and thinnest by itself."""

LEVEL_WORDS = {
    "rules": "no labels to learn from; rules and descriptions decide",
    "few-shot": "a handful of tickets a label",
    "linear": "enough tickets for one linear model",
    "hybrid": "enough tickets to blend models of words, meaning and form fields",
}


def render_card(manifest: Manifest) -> str:
    """Return a model's card as one self-contained HTML page.

    Neither the model's name nor the moment of training is on it, so that the same data give the same card.

    Parameters
    ----------
    manifest : Manifest
        As :func:`training.train.train_bundle` makes it; ``files`` are not needed.
    """
    training = manifest.training
    settings = {name: value for name, value in training["config"].items() if name not in ("merged", "seed")}
    return render_page(
        "card.html",
        title="Model card",
        manifest=manifest,
        training=training,
        period=_period(training),
        judged=_judged(training),
        fields=[_field(name, facts) for name, facts in manifest.fields.items()],
        limits=_limits(training),
        fewest=FEWEST,
        merged=sum(len(one) for one in manifest.taxonomy.merged.values()),
        settings=[(name, value) for name, value in settings.items() if value not in ((), {}, [], "")],
    )


def _field(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    rows = facts["metrics"]["labels"]
    judged = [row for row in rows if row["tickets"] >= FEWEST]
    return {
        **facts,
        "name": name,
        "level_words": LEVEL_WORDS[facts["level"]],
        "verdicts": field_verdicts(facts),
        "is_long": len(rows) > SHORT,
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
        "finite number of them. The command triage evaluate, given later tickets, is the independent check.",
        "It abstains on tickets unlike any it learnt from and on tickets that say nothing; guardrails and "
        "the policy may hold back more. In service it therefore applies rather less than stands here.",
        "It reads subject, body and form fields as they were at filing, and no attachments or pictures. Its "
        "sense of meaning was trained on English; tickets in other languages rest on their words.",
    ]
    limits.append(
        "Held-out tickets whose label no earlier ticket had are not counted: it knows these labels now."
        if training["ordered"]
        else "Without times nothing here can tell how fast it ages."
    )
    return limits
