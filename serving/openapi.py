"""The OpenAPI document: what FastAPI derives, the problem schema, and a way to write it to a file.

``python -m serving.openapi docs/openapi.json`` writes the document that the tests hold the server to.
"""

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serving.problems import Problem, documented

__all__ = ["DESCRIPTION", "as_text", "attach"]

DESCRIPTION = """Decides helpdesk tickets: category, priority, team and assignee with calibrated confidence,
articles that help, forecasts of volume.

Every call needs a key: `Authorization: Bearer tk_...`; the key names the workspace. Errors are
`application/problem+json` (RFC 9457). Writes take an `Idempotency-Key`. Numbers written as text, unknown
fields, NUL characters and NaN are refused; of duplicate JSON keys the last one counts."""


def attach(app: FastAPI) -> None:
    """Make an application describe its errors too."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            schemas = document["components"]["schemas"]
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs"))
            schemas["Problem"] = problem
            _add_shed(document)
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _add_shed(document: dict[str, Any]) -> None:
    """Say of every call what the server may answer before it looks at it; health is always served."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path.startswith("/v1/"):
                statuses = (408, 429) if "requestBody" in operation else (429,)
                for status, told in documented(*statuses).items():
                    operation["responses"].setdefault(str(status), told)


def as_text(app: FastAPI) -> str:
    """Return the document as it stands in ``docs/openapi.json``."""
    return json.dumps(app.openapi(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main(path: Path) -> None:
    """Write the document of the server with its default settings."""
    from serving.app import create_app
    from serving.settings import Settings

    path.write_text(as_text(create_app(Settings.from_env({}))))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
