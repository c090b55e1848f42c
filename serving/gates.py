"""Every route asks for a permission, or is open on purpose: looked at when a server starts.

Denied by default at the level of the application: a route that somebody forgot to close keeps the server
from starting.
"""

from collections.abc import Iterator
from typing import Any

from fastapi.routing import APIRoute

from triage.errors import ConfigurationError

__all__ = ["OPEN_ADDRESSES", "demand_gates", "leaf_routes", "operation_of"]

OPEN_ADDRESSES = frozenset(
    {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/",
        "/console/sign-in",
        "/console/sign-out",
        "/console/static/{digest}/{name:path}",
        "/console/{path:path}",
    }
)
"""What answers without knowing who asks: health, the contract, signing in, files of pages, 'no page'."""


def leaf_routes(routes: list[Any]) -> Iterator[Any]:
    """Yield the routes of an application, those of included routers too."""
    for route in routes:
        below = getattr(route, "original_router", None)
        if below is None:
            yield route
        else:
            yield from leaf_routes(below.routes)


def operation_of(route: Any) -> str | None:
    """Return the operation that a route's dependencies ask a permission for; None when none does."""
    if not isinstance(route, APIRoute):
        return None
    for one in _all(route.dependant):
        operation: str | None = getattr(one.call, "operation", None)
        if operation is not None:
            return operation
    return None


def demand_gates(routes: list[Any]) -> None:
    """See to it that every route asks for a permission.

    Parameters
    ----------
    routes : list
        Of an application.

    Raises
    ------
    ConfigurationError
        If one does not; names it.
    """
    for route in leaf_routes(routes):
        if operation_of(route) is None and route.path not in OPEN_ADDRESSES:
            raise ConfigurationError(
                f"Got route {route.path} without a permission; expected permitted(...) or signed_in(...) "
                "among its dependencies, or its address in OPEN_ADDRESSES of serving/gates.py."
            )


def _all(dependant: Any) -> Iterator[Any]:
    yield dependant
    for one in dependant.dependencies:
        yield from _all(one)
