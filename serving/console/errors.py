"""Every error of a page as a sentence in the page; who is not signed in is sent to sign in."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from serving.console.rendering import render
from serving.problems import PROBLEMS, ProblemKind, message_of, report
from serving.refusals import note_refusal
from triage.errors import InputError, TriageError, UnauthenticatedError

__all__ = ["ConsoleRoute"]

UNEXPECTED = "Something went wrong here, not with what you did. Tell the operator this number: {request_id}."


class ConsoleRoute(APIRoute):
    """A route whose errors become pages, or parts of a page when a part was asked for."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the framework's handler."""
        handle = super().get_route_handler()

        async def handle_readably(request: Request) -> Response:
            try:
                return await handle(request)
            except UnauthenticatedError:
                return _to_sign_in(request)
            except (RequestValidationError, ValidationError) as error:
                return _show(request, PROBLEMS[InputError], _sentence(error))
            except Exception as error:  # Whatever it was, a person gets a sentence.
                kind = next(
                    (PROBLEMS[cls] for cls in type(error).__mro__ if cls in PROBLEMS), PROBLEMS[TriageError]
                )
                if kind.status == 403:
                    note_refusal(request)
                if isinstance(error, TriageError) and kind is not PROBLEMS[TriageError]:
                    return _show(request, kind, str(error))
                request_id = request.scope["triage.request_id"]
                report(error, request_id)
                if isinstance(error, DBAPIError):
                    return _show(request, kind, "The database does not answer; try again in a moment.")
                return _show(request, kind, UNEXPECTED.format(request_id=request_id))

        return handle_readably


def _to_sign_in(request: Request) -> Response:
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/console/sign-in"})
    back = f"?back={quote(request.url.path)}" if request.method == "GET" else ""
    return RedirectResponse(f"/console/sign-in{back}", 303)


def _show(request: Request, kind: ProblemKind, detail: str) -> Response:
    template = "parts/error.html" if "hx-request" in request.headers else "error.html"
    visit = getattr(request.state, "visit", None)
    return render(template, status=kind.status, visit=visit, title=kind.title, detail=detail)


def _sentence(error: RequestValidationError | ValidationError) -> str:
    found = error.errors()[0]
    where = str(found["loc"][-1]) if found["loc"] else "the form"
    return f"{where}: {message_of(found)}"
