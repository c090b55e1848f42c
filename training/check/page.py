"""The page of a check: what :func:`training.check.report.check_history` found, as one HTML file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from training.history.told import told_of_reading
from training.judged_share import FEWEST_JUDGED
from training.pages import render_page

__all__ = ["WEIGHTS", "render_check"]

WEIGHTS = {
    "problem": "Do something about these",
    "look": "Have someone who knows the helpdesk look at these",
    "note": "Good to know",
}


def render_check(document: Mapping[str, Any], name: str) -> str:
    """Return a check as one self-contained HTML page.

    Parameters
    ----------
    document : Mapping
        Of :func:`training.check.report.check_history`.
    name : str
        What the history is called.
    """
    period = ""
    if document["first"]:
        first, last = (datetime.fromisoformat(document[one]) for one in ("first", "last"))
        period = f"from {first:%d %B %Y} to {last:%d %B %Y}"
    return render_page(
        "check.html",
        title=f"Check of {name}",
        name=name,
        document=document,
        period=period,
        weights=WEIGHTS,
        told=told_of_reading(document["reading"]),
        fewest=FEWEST_JUDGED,
    )
