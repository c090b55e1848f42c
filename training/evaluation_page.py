"""The page of an evaluation: what :func:`training.evaluate.evaluate_bundle` found, as one HTML file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from training.pages import render_page
from training.slices import LEAST
from training.verdicts import field_verdicts

__all__ = ["render_evaluation"]


def render_evaluation(document: Mapping[str, Any]) -> str:
    """Return an evaluation as one self-contained HTML page."""
    period = ""
    if document["first"]:
        first, last = (datetime.fromisoformat(document[name]) for name in ("first", "last"))
        period = f"from {first:%d %B %Y} to {last:%d %B %Y}"
    return render_page(
        "evaluation.html",
        title=f"Evaluation of {document['version']}",
        document=document,
        period=period,
        least=LEAST,
        verdicts={
            name: field_verdicts(facts, judged="tickets") for name, facts in document["fields"].items()
        },
    )
