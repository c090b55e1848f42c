"""Who is looking at the pages: a signed cookie that names a person or a key, made at sign-in.

The cookie holds an id, never a secret, and the row behind it is read at every request: disabling the person,
a new password or revoking the key ends the sessions at once, and signing out the one session. It is HttpOnly
and SameSite=Strict; forms are also held to their origin, see :func:`same_origin`. Where a proxy in front
signs people in at the identity provider, its token in the Authorization header is as good; no cookie is made
of a token, which may be over or changed long before.
"""

import re
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response

from serving.api_keys import caller_of
from serving.auth import address_of, enter
from serving.caller import Caller
from serving.console.visit import Visit
from serving.dependencies import AuditDep, DoorDep, ModelHostDep, StoreDep
from serving.people import caller_of_user
from serving.roles import PERMISSIONS
from triage.errors import ForbiddenError, UnauthenticatedError
from triage.signing import sign, verify
from triage.store import Store
from triage.store.keys import find_key
from triage.store.sessions import is_signed_out
from triage.store.users import find_user
from triage.store.workspaces import find_workspace

__all__ = ["FromHere", "Session", "end_session", "read_session", "session_of", "signed_in", "start_session"]

COOKIE = "triage_session"
PATH = "/console"
LASTS = timedelta(hours=12)
CONTENT = re.compile(r"(key|user)-([0-9a-f]{1,40})-([0-9]{1,9})-([0-9a-f]{32})\.([0-9]{1,12})")
"""Kind and id of who signed in, their count of sessions ended, the session's own id, when it ends."""


@dataclass(frozen=True, slots=True)
class Session:
    """One signing in: who, and the id that it has in the audit log."""

    caller: Caller
    session_id: str


def start_session(response: Response, key: bytes, caller: Caller, *, is_secure: bool) -> str:
    """Put the cookie on a response and return the session's id.

    Parameters
    ----------
    response : Response
        The answer to the sign-in.
    key : bytes
        Signs the cookie.
    caller : Caller
        Who signed in: a key or a person.
    is_secure : bool
        True when the page came by https: the cookie then never travels otherwise.
    """
    expires, session_id = int((datetime.now(UTC) + LASTS).timestamp()), secrets.token_hex(16)
    content = f"{caller.kind}-{caller.identity}-{caller.session}-{session_id}.{expires}"
    response.set_cookie(
        COOKIE,
        f"{content}.{sign(key, _signed(content))}",
        max_age=int(LASTS.total_seconds()),
        path=PATH,
        secure=is_secure,
        httponly=True,
        samesite="strict",
    )
    return session_id


def end_session(response: Response) -> None:
    """Take the cookie away."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


def read_session(store: Store, key: bytes, cookie: str, *, now: datetime | None = None) -> Caller:
    """Say who holds a cookie; see :func:`session_of`, which says which session it is as well."""
    return session_of(store, key, cookie, now=now).caller


def session_of(store: Store, key: bytes, cookie: str, *, now: datetime | None = None) -> Session:
    """Say whose session a cookie is.

    Parameters
    ----------
    store : Store
        Knows the keys and the people, and who signed out.
    key : bytes
        Signed the cookie.
    cookie : str
        As the browser sent it.
    now : datetime, optional
        The moment of looking; by default this one.

    Raises
    ------
    UnauthenticatedError
        If it is not one of ours, is too old, was signed out of, or who it names may not come in any more.
    """
    content, _, signature = cookie.rpartition(".")
    moment = now or datetime.now(UTC)
    told = CONTENT.fullmatch(content) if verify(key, _signed(content), signature) else None
    if told is not None and int(told[5]) > moment.timestamp():
        kind, identity, count, session_id = told.group(1, 2, 3, 4)
        caller = _person(store, identity, count) if kind == "user" else _key(store, identity, moment)
        if caller is not None and not is_signed_out(store, caller.workspace, session_id):
            return Session(caller, session_id)
    raise UnauthenticatedError("Got no valid session; expected one that is not over. Sign in again.")


def signed_in(operation: str) -> Any:
    """Return the dependency that lets only the operation's roles look, and says who does.

    Parameters
    ----------
    operation : str
        Operation id of the same thing in the HTTP API; must stand in :data:`serving.roles.PERMISSIONS`.
    """
    return Depends(_gate(operation))


def _gate(operation: str) -> Callable[..., Coroutine[Any, Any, Visit]]:
    PERMISSIONS[operation]

    async def gate(request: Request, audit: AuditDep, visit: Annotated[Visit, Depends(_visit)]) -> Visit:
        enter(request, audit, visit.caller, operation)
        return visit

    gate.operation = operation  # type: ignore[attr-defined]
    return gate


def _visit(request: Request, store: StoreDep, models: ModelHostDep, door: DoorDep) -> Visit:
    cookie = request.cookies.get(COOKIE)
    given, _, token = request.headers.get("authorization", "").partition(" ")
    if cookie is None and given.lower() == "bearer":
        caller = door.admit(token, address_of(request))
    else:
        caller = read_session(store, models.key, cookie or "")
    visit = Visit(request, caller, find_workspace(store, caller.workspace))
    request.state.visit = visit
    return visit


def _key(store: Store, key_id: str, moment: datetime) -> Caller | None:
    key = find_key(store, key_id)
    return caller_of(key) if key is not None and key.is_live(moment) else None


def _person(store: Store, user_id: str, session: str) -> Caller | None:
    user = find_user(store, user_id)
    if user is None or user.disabled_at is not None or str(user.session) != session:
        return None
    return caller_of_user(user)


def same_origin(request: Request) -> None:
    """Refuse a form that another site sent.

    Raises
    ------
    ForbiddenError
        If the Origin header, which browsers send with every form, does not name this server, or names it
        without TLS where this server is reached by it: whoever stands in between could have made that page.
    """
    origin = urlsplit(request.headers.get("origin", ""))
    # A proxy that speaks TLS and does not say so makes a request look like http: https is never less.
    is_as_safe = origin.scheme in ("https", request.url.scheme)
    if not origin.netloc or origin.netloc != request.headers.get("host") or not is_as_safe:
        raise ForbiddenError(
            "Got a form that was not sent by a page of this console; expected one of its own. "
            "Open the console's address and try again."
        )


FromHere = Depends(same_origin)
"""For every page that changes something."""


def _signed(content: str) -> bytes:
    return b"console session\0" + content.encode("utf-8", "replace")
