"""What moved since training, in words: rows for a page and a terminal. Measures nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["DriftRow", "drift_rows"]

NAMES = {
    "accuracy": "right at once",
    "confidence": "stated confidence",
    "labels": "which labels",
    "channel": "which channels",
    "language": "which languages",
    "product": "which products",
    "unknown_words": "word pieces never learnt",
    "length": "characters of text",
    "familiarity": "familiarity",
    "meaning": "what texts are about (mean embedding)",
}

SHARES = ("accuracy", "confidence", "unknown_words")

MODERATE, STRONG = 0.1, 0.25
"""The usual limits of a population stability index (Siddiqi 2006, *Credit Risk Scorecards*), here of the
excess over the null band."""


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One measure: its name, field, means then and now, change beside what chance gives, and what moved."""

    name: str
    field: str
    then: str
    now: str
    value: float
    null_95: float
    verdict: str
    most: str


def drift_rows(measures: Sequence[Mapping[str, Any]]) -> list[DriftRow]:
    """Return the measures of :func:`training.drift.measure_drift` as text."""
    return [
        DriftRow(
            name=NAMES[one["measure"]],
            field=one["field"] or "",
            then=_mean(one["measure"], one["then"]),
            now=_mean(one["measure"], one["now"]),
            value=one["value"],
            null_95=one["null_95"],
            verdict=_verdict(one),
            most="; ".join(
                f"{'others' if mover['value'] is None else mover['value']} "
                f"{mover['then']:.1%} → {mover['now']:.1%}"
                for mover in one["most"]
            ),
        )
        for one in measures
    ]


def _mean(measure: str, value: float | None) -> str:
    if value is None:
        return ""
    if measure in SHARES:
        return f"{value:.1%}"
    return f"{value:,.0f}" if measure == "length" else f"{value:.2f}"


def _verdict(one: Mapping[str, Any]) -> str:
    if not one["moved"]:
        return ""
    if one["measure"] == "accuracy":
        return "worse" if one["now"] < one["then"] else "better"
    if one["measure"] == "meaning":
        return "moved"
    if one["excess"] < MODERATE:
        return "moved a little"
    return "moved" if one["excess"] < STRONG else "moved strongly"
