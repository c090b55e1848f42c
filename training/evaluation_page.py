"""The page of an evaluation: what :func:`training.evaluate.evaluate_bundle` found, as one HTML file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from training.drift_rows import drift_rows
from training.label_pick import FEWEST, pick_labels
from training.limits import EVALUATION_LIMITS, MODEL_LIMITS
from training.pages import render_page
from training.slices import LEAST
from training.verdicts import field_verdicts, peer_verdicts

__all__ = ["render_evaluation"]


def render_evaluation(document: Mapping[str, Any]) -> str:
    """Return an evaluation as one self-contained HTML page."""
    fields = document["fields"]
    drift = document["drift"]
    return render_page(
        "evaluation.html",
        title=f"Evaluation of {document['version']}",
        document=document,
        period=_period(document),
        learnt=_period(document["training"]),
        compared=_period(drift) if drift else "",
        drift=drift_rows(drift["measures"]) if drift else [],
        least=LEAST,
        fewest=FEWEST,
        limits=[*MODEL_LIMITS, *EVALUATION_LIMITS],
        labels_shown={name: pick_labels(facts["metrics"]["labels"]) for name, facts in fields.items()},
        verdicts={
            name: [
                *field_verdicts(facts, judged="tickets"),
                *peer_verdicts(facts["peers"], facts["metrics"]),
            ]
            for name, facts in fields.items()
        },
    )


def _period(part: Mapping[str, Any]) -> str:
    if not part["first"]:
        return ""
    first, last = (datetime.fromisoformat(part[name]) for name in ("first", "last"))
    return f"from {first:%d %B %Y} to {last:%d %B %Y}"
