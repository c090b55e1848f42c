"""The model card: one HTML page that says what a model is, what it reached and what it cannot do.

Speaks from the manifest alone, so that the card of a bundle can be made again from its signed bytes; it
measures nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from training.card_times import card_times
from training.label_pick import FEWEST, pick_labels
from training.limits import CARD_LIMITS, MODEL_LIMITS
from training.pages import render_page
from training.settings_words import settings_in_words
from training.slices import LEAST
from training.verdicts import field_verdicts, peer_verdicts
from triage.bundle import Manifest

__all__ = ["render_card"]

LEVEL_WORDS = {
    "rules": "no labels to learn from; rules and descriptions decide",
    "few-shot": "a handful of tickets a label",
    "linear": "enough tickets for one linear model",
    "hybrid": "enough tickets to blend models of words, meaning and form fields",
}

NOTHING_LEARNT = "nothing could be learnt; it knows no more than how common each label was"


def render_card(manifest: Manifest) -> str:
    """Return a model's card as one self-contained HTML page.

    Neither the model's name nor the moment of training is on it, so that the same data give the same card.

    Parameters
    ----------
    manifest : Manifest
        As :func:`training.train.train_bundle` makes it; ``files`` are not needed.
    """
    training = manifest.training
    return render_page(
        "card.html",
        title="Model card",
        manifest=manifest,
        training=training,
        period=_period(training),
        judged=_judged(training),
        fields=[
            _field(name, facts) | {"joined_with": _joined_with(name, manifest)}
            for name, facts in manifest.fields.items()
        ],
        times=card_times(training.get("foresight")),
        fast=training.get("fast"),
        formless=training.get("formless"),
        limits=_limits(training),
        fewest=FEWEST,
        least=LEAST,
        reference=training.get("reference"),
        cost=manifest.cost,
        notes=training.get("notes", []),
        merged=sum(len(one) for one in manifest.taxonomy.merged.values()),
        settings=settings_in_words(training["config"]),
    )


def _field(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    # Bundles of before have none of these.
    none: dict[str, Any] = {
        "ladder": [],
        "half_life_days": None,
        "reason": None,
        "promise": None,
        "peers": {},
        "confusions": [],
        "confusion_matrix": {"labels": []},
        "slices": [],
    }
    kept = none | dict(facts)
    return {
        **kept,
        "name": name,
        "level_words": NOTHING_LEARNT if kept["reason"] else LEVEL_WORDS[facts["level"]],
        "verdicts": [*field_verdicts(facts), *peer_verdicts(kept["peers"], facts["metrics"])],
        "labels_shown": pick_labels(facts["metrics"]["labels"]),
    }


def _joined_with(name: str, manifest: Manifest) -> str:
    """Name the fields that a field's final answer comes from besides its own model; empty where none does."""
    if name == "priority" and manifest.fields[name].get("priority_from") in ("matrix", "both"):
        return "impact and urgency"
    for pair in manifest.training.get("hierarchies", ()):
        if name in (pair["parent"], pair["child"]):
            return str(pair["child"] if name == pair["parent"] else pair["parent"])
    return ""


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
    last = (
        "Held-out tickets whose label no earlier ticket had are not counted: it knows these labels now."
        if training["ordered"]
        else "Without times nothing here can tell how fast it ages."
    )
    return [*MODEL_LIMITS, *CARD_LIMITS, last]
