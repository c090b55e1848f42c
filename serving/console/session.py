"""Who is looking at the pages: a signed cookie that names a key, made at sign-in.

The cookie holds the key's id, never its secret, so revoking the key ends its sessions at once. It is
HttpOnly and SameSite=Strict; forms are also held to their origin, see :func:`same_origin`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from serving.auth import Caller, caller_of
from serving.console.visit import Visit
from serving.dependencies import ModelHostDep, StoreDep
from serving.roles import PERMISSIONS
from triage.errors import ForbiddenError, UnauthenticatedError
from triage.signing import sign, verify
from triage.store import Store
from triage.store.keys import find_key
from triage.store.workspaces import find_workspace

__all__ = ["FromHere", "end_session", "read_session", "signed_in", "start_session"]

COOKIE = "triage_session"
PATH = "/console"
LASTS = timedelta(hours=12)


def start_session(response: Response, key: bytes, caller: Caller, *, is_secure: bool) -> None:
    """Put the cookie on a response.

    Parameters
    ----------
    response : Response
        The answer to the sign-in.
    key : bytes
        Signs the cookie.
    caller : Caller
        Who signed in.
    is_secure : bool
        True when the page came by https: the cookie then never travels otherwise.
    """
    expires = int((datetime.now(UTC) + LASTS).timestamp())
    content = f"{caller.key_id}.{expires}"
    response.set_cookie(
        COOKIE,
        f"{content}.{sign(key, _signed(content))}",
        max_age=int(LASTS.total_seconds()),
        path=PATH,
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )


def end_session(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


def read_session(store: Store, key: bytes, cookie: str, *, now: datetime | None = None) -> Caller:
    """Say who holds a cookie.

    Parameters
    ----------
    store : Store
        Knows the keys.
    key : bytes
        Signed the cookie.
    cookie : str
        As the browser sent it.
    now : datetime, optional
        The moment of looking; by default this one.

    Raises
    ------
    UnauthenticatedError
        If it is not one of ours, is too old, or its key was revoked or has expired.
    """
    content, _, signature = cookie.rpartition(".")
    key_id, _, expires = content.partition(".")
    moment = (now or datetime.now(UTC)).timestamp()
    if content and verify(key, _signed(content), signature) and int(expires) > moment:
        caller = caller_of(find_key(store, key_id))
        if caller is not None:
            return caller
    raise UnauthenticatedError("Got no valid session; expected one that is not over. Sign in again.")


def signed_in(operation: str) -> Any:
    """Return the dependency that lets only the operation's roles look, and says who does.

    Parameters
    ----------
    operation : str
        Operation id of the same thing in the HTTP API; must stand in :data:`serving.roles.PERMISSIONS`.
    """
    return Depends(_gate(operation))


def _gate(operation: str) -> Callable[..., Visit]:
    roles = PERMISSIONS[operation]

    def gate(request: Request, store: StoreDep, models: ModelHostDep) -> Visit:
        caller = read_session(store, models.key, request.cookies.get(COOKIE, ""))
        visit = Visit(request, caller, find_workspace(store, caller.workspace))
        request.state.visit = visit
        if caller.role not in roles:
            raise ForbiddenError(
                f"Got a key with the role {caller.role.value!r}; expected one of {', '.join(sorted(roles))} "
                "to see or do this. Sign in with another key."
            )
        return visit

    return gate


def same_origin(request: Request) -> None:
    """Refuse a form that another site sent.

    Raises
    ------
    ForbiddenError
        If the Origin header, which browsers send with every form, does not name this server.
    """
    origin = urlsplit(request.headers.get("origin", ""))
    if not origin.netloc or origin.netloc != request.headers.get("host"):
        raise ForbiddenError(
            "Got a form that was not sent by a page of this console; expected one of its own. "
            "Open the console's address and try again."
        )


FromHere = Depends(same_origin)
"""For every page that changes something."""


def _signed(content: str) -> bytes:
    return b"console session\0" + content.encode("utf-8", "replace")
