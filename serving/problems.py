"""Every error in one shape (RFC 9457, ``application/problem+json``), from one table.

``detail`` is the message of our own error tree; anything else reveals nothing but a request id.
"""

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ConfigDict, Field
from sqlalchemy.exc import DBAPIError, TimeoutError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from serving.key_limits import OverLimitError
from serving.refusals import note_refusal
from serving.schemas.base import Output
from serving.work_queue import QUEUE_REFUSED, QueueFullError, TooLongLineError
from triage import errors
from triage.ticket import FIELDS

__all__ = [
    "PROBLEMS",
    "Problem",
    "ProblemKind",
    "add_handlers",
    "documented",
    "message_of",
    "problem",
    "report",
]

MEDIA_TYPE = "application/problem+json"
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")
RETRY_AFTER_SECONDS = 1
KEY_ITSELF = "[key]"
"""What pydantic adds to a location where the key is wrong, not its value."""
TICKETS_AT = ("/v1/triage", "/v1/triage/batch")

log = logging.getLogger("triage.problems")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem: its status, its name in ``type``, its title."""

    status: int
    slug: str
    title: str

    @property
    def uri(self) -> str:
        """What stands in ``type``."""
        return f"urn:triage:problem:{self.slug}"


INTERNAL = ProblemKind(500, "internal", "Something went wrong here")
UNAVAILABLE = ProblemKind(503, "unavailable", "Not available now")

PROBLEMS: Mapping[type[Exception], ProblemKind] = {
    errors.InputError: ProblemKind(422, "input", "The request cannot be used as given"),
    errors.TrainingError: ProblemKind(422, "training", "Nothing useful can be learnt"),
    errors.NotFoundError: ProblemKind(404, "not-found", "There is no such thing here"),
    errors.ConflictError: ProblemKind(409, "conflict", "The request contradicts what is stored"),
    errors.BundleError: ProblemKind(409, "bundle", "The model cannot be trusted or used"),
    errors.UnauthenticatedError: ProblemKind(401, "unauthenticated", "No valid key"),
    errors.ForbiddenError: ProblemKind(403, "forbidden", "The key's role may not do this"),
    errors.TooManyRequestsError: ProblemKind(429, "too-many", "Too many requests"),
    errors.NoModelError: ProblemKind(503, "no-model", "No model is promoted"),
    errors.UnavailableError: UNAVAILABLE,
    DBAPIError: UNAVAILABLE,
    TimeoutError: UNAVAILABLE,
    errors.TriageError: INTERNAL,
}
"""By exception, nearest class first; a :class:`ConfigurationError` is ours to mend: a plain 500."""

FRAMEWORK: Mapping[int, ProblemKind] = {
    400: ProblemKind(400, "bad-request", "The request cannot be read"),
    404: PROBLEMS[errors.NotFoundError],
    405: ProblemKind(405, "method", "This address does not know the method"),
    408: ProblemKind(408, "too-slow", "The request came too slowly"),
    413: ProblemKind(413, "too-large", "The request is too large"),
    422: PROBLEMS[errors.InputError],
    429: PROBLEMS[errors.TooManyRequestsError],
    500: INTERNAL,
    503: UNAVAILABLE,
}
DETAILS: Mapping[int, str] = {
    400: "Got a request that cannot be read; expected JSON in UTF-8 and a Host that this server answers to.",
    404: "Got an address that does not exist; expected one that GET /openapi.json lists.",
    405: "Got a method that this address does not know; expected one named in the Allow header.",
    408: "Got a request that did not come to its end in time; expected all of it at once. Send it again.",
    413: "Got a request that is too large; expected less. Send fewer tickets at once.",
    429: "Got more requests from this caller than its share while others wait, or than its key may make; "
    "send it again after as many seconds as Retry-After says.",
    500: "Something went wrong here, not with the request; tell the operator the request_id.",
    503: "Something needed is not there now; try again in a moment.",
}


class InvalidPart(Output):
    """One thing that is wrong with a request."""

    location: str = Field(description="Where: `body.subject`, `query.similar`, `header.Idempotency-Key`.")
    code: str
    message: str


class Problem(Output):
    """An error, RFC 9457."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:triage:problem:input",
                    "title": "The request cannot be used as given",
                    "status": 422,
                    "detail": "Got a request with 1 part that cannot be used; see errors.",
                    "instance": "urn:triage:request:4b1f0c8e2d3a4f5e8c7b6a5f4e3d2c1b",
                    "request_id": "4b1f0c8e2d3a4f5e8c7b6a5f4e3d2c1b",
                    "errors": [
                        {"location": "body.subject", "code": "string_type", "message": "Input should be text"}
                    ],
                }
            ]
        }
    )

    type: str = Field(description="The kind of problem; docs/api.md lists them.")
    title: str
    status: int
    detail: str = Field(description="What was given, what was expected, what to do.")
    instance: str
    request_id: str = Field(description="Also in the X-Request-ID header and in the server's log.")
    errors: list[InvalidPart] = Field(description="Each part of the request that cannot be used.")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return what ``responses=`` needs to document problems of these statuses."""
    kinds = {kind.status: kind for kind in [*PROBLEMS.values(), *FRAMEWORK.values()]}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": kinds[status].title, "content": content} for status in statuses}


def problem(
    kind: ProblemKind,
    detail: str,
    request_id: str,
    parts: Sequence[InvalidPart] = (),
    retry_after_s: int = RETRY_AFTER_SECONDS,
) -> JSONResponse:
    """Build the answer."""
    body = Problem(
        type=kind.uri,
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=f"urn:triage:request:{request_id}",
        request_id=request_id,
        errors=list(parts),
    )
    headers = {}
    if kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="triage"'
    if kind.status in (429, 503):
        headers["Retry-After"] = str(retry_after_s)
    return JSONResponse(body.model_dump(), kind.status, headers, media_type=MEDIA_TYPE)


def framework_problem(
    status: int, request_id: str, *, retry_after_s: int = RETRY_AFTER_SECONDS
) -> JSONResponse:
    """Build the answer for an error of the web framework itself."""
    kind = FRAMEWORK.get(status, INTERNAL if status >= 500 else FRAMEWORK[400])
    detail = DETAILS.get(kind.status, kind.title)
    return problem(kind, detail, request_id, retry_after_s=retry_after_s)


def report(error: BaseException, request_id: str) -> None:
    """Log an unexpected error: its class and where it arose, never its message, which may hold text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
    log.error("request %s: %s at %s", request_id, type(error).__name__, places)


def add_handlers(app: FastAPI) -> None:
    """Make an application answer every error in this shape."""
    for kind in PROBLEMS:
        app.add_exception_handler(kind, _from_tree)
    app.add_exception_handler(RequestValidationError, _from_validation)
    app.add_exception_handler(HTTPException, _from_framework)


async def _from_tree(request: Request, error: Exception) -> JSONResponse:
    kind = next(PROBLEMS[cls] for cls in type(error).__mro__ if cls in PROBLEMS)
    request_id = _request_id(request)
    if kind.status == 403:
        note_refusal(request)
    wait = error.retry_after_s if isinstance(error, errors.TooManyRequestsError) else RETRY_AFTER_SECONDS
    if isinstance(error, QueueFullError | TooLongLineError | OverLimitError):
        request.scope[QUEUE_REFUSED] = kind.status, wait
    if kind is INTERNAL or isinstance(error, DBAPIError | TimeoutError):
        report(error, request_id)
        return framework_problem(kind.status, request_id)
    return problem(kind, str(error), request_id, retry_after_s=wait)


async def _from_validation(request: Request, error: Exception) -> JSONResponse:
    found = cast(RequestValidationError, error).errors()
    is_ticket = request.url.path in TICKETS_AT
    parts = [
        InvalidPart(location=_location(one["loc"]), code=_code(one), message=message_of(one, is_ticket))
        for one in found
    ]
    count = f"{len(parts)} part{'s' if len(parts) != 1 else ''}"
    detail = f"Got a request with {count} that cannot be used; expected what errors says of each."
    return problem(PROBLEMS[errors.InputError], detail, _request_id(request), parts[:100])


async def _from_framework(request: Request, error: Exception) -> JSONResponse:
    raised = cast(HTTPException, error)
    answer = framework_problem(raised.status_code, _request_id(request))
    for name, value in (raised.headers or {}).items():
        answer.headers[name] = value
    return answer


def _request_id(request: Request) -> str:
    return cast(str, request.scope["triage.request_id"])


def _location(parts: Sequence[Any]) -> str:
    """Join a location; a key that is not a plain name is somebody's input and is not repeated."""
    named = parts[:-1] if parts and parts[-1] == KEY_ITSELF else parts
    return ".".join(
        str(part) if isinstance(part, int) or PLAIN_NAME.fullmatch(str(part)) else "?" for part in named
    )


def _code(one: Mapping[str, Any]) -> str:
    return f"string_{one['type']}" if _is_about_length(one) else str(one["type"])


def message_of(one: Mapping[str, Any], is_ticket: bool = False) -> str:
    """Say what is wrong with one part, as pydantic found it; ``is_ticket``: of a ticket to be decided."""
    if one["type"] == "value_error":
        return str(one["msg"]).removeprefix("Value error, ")
    if _is_about_length(one):
        most, least = one["ctx"].get("max_length"), one["ctx"].get("min_length")
        wanted = f"at most {most:,}" if most is not None else f"{least:,} or more"
        return f"Got {len(one['input']):,} characters; expected {wanted}."
    if is_ticket and one["type"] == "extra_forbidden" and one["loc"][-1] in FIELDS:
        name = one["loc"][-1]
        example = f'{{"{name}": "…"}}'
        return f"Got {name} beside the text; expected what a person has set in values: {example}."
    return str(one["msg"])


def _is_about_length(one: Mapping[str, Any]) -> bool:
    """Whether a text's length is wrong; of one that was looked at before, pydantic counts items."""
    return one["type"] in ("too_long", "too_short") and isinstance(one.get("input"), str)
