"""Signing in with an API key, and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from serving.auth import authenticate
from serving.console.errors import ConsoleRoute
from serving.console.rendering import render
from serving.console.session import FromHere, end_session, start_session
from serving.console.visit import PAGES
from serving.dependencies import ModelHostDep, StoreDep
from serving.roles import PERMISSIONS
from triage.errors import UnauthenticatedError

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
    return render("sign_in.html", visit=None, problem="", back=back)


@router.post("/console/sign-in", dependencies=[FromHere])
def sign_in(
    request: Request,
    store: StoreDep,
    models: ModelHostDep,
    key: Annotated[str, Form(max_length=400)] = "",
    back: Back = "",
) -> Response:
    """Exchange a key for a session."""
    try:
        caller = authenticate(store, key.strip())
    except UnauthenticatedError:
        problem = "This key is not known here, or it was revoked or has expired."
        return render("sign_in.html", status=401, visit=None, problem=problem, back=back)
    seen = [address for address, _, operation in PAGES if caller.role in PERMISSIONS[operation]]
    if not seen:
        problem = "This key is for requesters: it asks for articles over the API and opens no page here."
        return render("sign_in.html", status=403, visit=None, problem=problem, back=back)
    response = RedirectResponse(back if back in seen else seen[0], 303)
    start_session(response, models.key, caller, is_secure=request.url.scheme == "https")
    return response


@router.post("/console/sign-out", dependencies=[FromHere])
def sign_out() -> Response:
    """End the session on this browser."""
    response = RedirectResponse("/console/sign-in", 303)
    end_session(response)
    return response
