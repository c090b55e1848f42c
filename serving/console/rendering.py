"""Templates to HTML, with the headers that let a page load nothing but this server's own files."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from serving.console import wording
from serving.console.assets import asset_address
from triage.promise_words import promise_in_words

__all__ = ["render"]

TEMPLATES = Path(__file__).parent / "templates"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    # With the API's no-referrer a browser would send its forms with "Origin: null".
    "Referrer-Policy": "same-origin",
    "Vary": "HX-Request, Cookie",
}


def render(
    template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any
) -> HTMLResponse:
    """Render a template.

    Parameters
    ----------
    template : str
        Name of a file in ``templates/``.
    status : int, default=200
        HTTP status of the answer.
    headers : dict, optional
        More headers.
    **context
        What the template sees.
    """
    html = _environment().get_template(template).render(context)
    return HTMLResponse(html, status, HEADERS | (headers or {}))


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
    environment.globals["asset"] = asset_address
    environment.globals["wording"] = wording
    environment.filters |= {
        "percent": wording.percent,
        "promise_in_words": promise_in_words,
        "field_name": wording.field_name,
        "day": wording.day,
        "count": wording.count,
        "counted": wording.counted,
    }
    return environment
