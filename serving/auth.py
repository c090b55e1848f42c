"""Asking at an endpoint: who is calling, and may they do this? Denied unless a table says otherwise."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from serving.api_keys import authenticate, create_key
from serving.audit_trail import TRAIL, Trail
from serving.caller import CALLER, Caller, demand
from serving.dependencies import AuditDep, DoorDep
from serving.roles import PERMISSIONS
from serving.shedder import ADMINISTRATION
from triage.store.audit import AuditLog

__all__ = ["Caller", "address_of", "authenticate", "create_key", "enter", "permitted"]

bearer = HTTPBearer(
    auto_error=False,
    scheme_name="key",
    description="`Authorization: Bearer tk_<id>_<secret>`, or a token of the identity provider.",
)


def permitted(operation: str) -> Any:
    """Return the dependency that lets only the operation's roles through and says who is calling.

    Parameters
    ----------
    operation : str
        Its operation id; must stand in :data:`serving.roles.PERMISSIONS`.
    """
    return Depends(_gate(operation))


def enter(request: Request, audit: AuditLog, caller: Caller, operation: str) -> None:
    """Let a caller through who may do this, and say to everything behind who they are.

    Raises
    ------
    ForbiddenError
        If they may not.
    """
    request_id = request.scope["triage.request_id"]
    trail = Trail(
        audit, caller, operation, request.path_params, request_id=request_id, address=address_of(request)
    )
    request.scope["triage.trail"] = trail  # Before they are let through: a refusal is told as well.
    demand(caller, operation)
    CALLER.set(caller)
    TRAIL.set(trail)


def address_of(request: Request) -> str:
    """Return where a request came from; behind a proxy on this machine, what the proxy says."""
    return request.client.host if request.client else "unknown"


def _gate(operation: str) -> Callable[..., Coroutine[Any, Any, Caller]]:
    PERMISSIONS[operation]  # An operation without a row is a mistake to be seen at start.

    # Asynchronous, so that what it says to those behind stays in the context of the request.
    async def gate(request: Request, audit: AuditDep, caller: Annotated[Caller, Depends(_known)]) -> Caller:
        enter(request, audit, caller, operation)
        return caller

    gate.operation = operation  # type: ignore[attr-defined]
    return gate


def _known(
    request: Request,
    door: DoorDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Caller:
    caller = door.admit(credentials.credentials if credentials else None, address_of(request))
    if not request.scope["path"].startswith(ADMINISTRATION):  # Which is there to end a flood.
        door.expect_within_limit(caller)
    return caller
