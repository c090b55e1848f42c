"""Signing in, with a name and a password or with an API key, and out."""

import contextlib
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from serving.auth import address_of
from serving.caller import Caller, may
from serving.console.errors import ConsoleRoute
from serving.console.rendering import render
from serving.console.session import COOKIE, FromHere, end_session, session_of, start_session
from serving.console.visit import PAGES
from serving.dependencies import AuditDep, DoorDep, ModelHostDep, StoreDep
from serving.oidc import looks_like_token
from triage.audit import AuditEntry
from triage.errors import TooManyRequestsError, UnauthenticatedError
from triage.store.sessions import SIGN_OUT, session_object

__all__ = ["router"]

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)

Back = Annotated[str, Query(max_length=200)]


@router.get("/")
def open_console() -> Response:
    """Send whoever opens the server's address to the console."""
    return RedirectResponse("/console", 303)


@router.get("/console/sign-in")
def ask_for_key(back: Back = "") -> Response:
    """Show the form."""
    return render("sign_in.html", visit=None, problem="", back=back, name="")


@router.post("/console/sign-in", dependencies=[FromHere])
def sign_in(
    request: Request,
    models: ModelHostDep,
    door: DoorDep,
    audit: AuditDep,
    key: Annotated[str, Form(max_length=400)] = "",
    name: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1_000)] = "",
    workspace: Annotated[str, Form(max_length=64)] = "",
    back: Back = "",
) -> Response:
    """Exchange a name and a password, or a key, for a session."""
    name = name.strip()
    if not name and looks_like_token(key.strip()):
        problem = (
            "This is a token of the identity provider, which is for the API. Sign in with a name and a "
            "password or with a key, or open the console through the proxy that signs you in."
        )
        return _again(problem, 401, name, back)
    try:
        if name:
            caller = door.admit_person(name, password, workspace.strip() or None, address_of(request))
        else:
            caller = door.admit(key.strip(), address_of(request))
    except UnauthenticatedError:
        problem = "This key is not known here, or it was revoked or has expired."
        if name:
            problem = "This name and password open nothing here."
        return _again(problem, 401, name, back)
    except TooManyRequestsError as error:
        response = _again(f"Too many wrong tries. Wait {error.retry_after_s} seconds.", 429, name, back)
        response.headers["Retry-After"] = str(error.retry_after_s)
        return response
    seen = [address for address, _, operation in PAGES if may(caller, operation)]
    if not seen:
        return _again("You are known here, but there is no page for your role.", 403, name, back)
    response = RedirectResponse(back if back in seen else seen[0], 303)
    session_id = start_session(response, models.key, caller, is_secure=request.url.scheme == "https")
    _record(audit, caller, request, "sign_in", session_id)
    return response


@router.post("/console/sign-out", dependencies=[FromHere])
def sign_out(request: Request, store: StoreDep, models: ModelHostDep, audit: AuditDep) -> Response:
    """End the session, on all servers; a copy of its cookie opens nothing any more."""
    with contextlib.suppress(UnauthenticatedError):  # One that is over needs no end.
        session = session_of(store, models.key, request.cookies.get(COOKIE, ""))
        _record(audit, session.caller, request, SIGN_OUT, session.session_id)
    response = RedirectResponse("/console/sign-in", 303)
    end_session(response)
    return response


def _again(problem: str, status: int, name: str, back: str) -> Response:
    return render("sign_in.html", status=status, visit=None, problem=problem, back=back, name=name)


def _record(audit: AuditDep, caller: Caller, request: Request, action: str, session_id: str) -> None:
    entry = AuditEntry(
        at=datetime.now(UTC),
        actor=caller.actor,
        role=caller.role.value,
        action=action,
        object=session_object(session_id),
        request_id=request.scope["triage.request_id"],
        address=address_of(request)[:64],
    )
    audit.record(caller.workspace, [entry])
