"""Fills a page's template. What stands on the page is decided where the page is made."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from training.judged_share import at_least, share_of, span
from triage.counted import counted
from triage.promise_words import promise_in_words

__all__ = ["render_page"]

TEMPLATES = Path(__file__).parent / "templates"


def render_page(template: str, **values: Any) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``.
    **values
        What the template speaks of; text is escaped, a name that is missing is an error.
    """
    return _environment().get_template(template).render(**values)


# One for all pages: compiling a template takes longer than filling it.
@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "at_least": at_least,
        "percent": _percent,
        "count": _count,
        "counted": counted,
        "number": _number,
        "promise_in_words": promise_in_words,
        "share_of": share_of,
        "span": span,
    }
    return environment


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
