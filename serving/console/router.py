"""All pages of the console as one router."""

from fastapi import APIRouter

from serving.console import (
    agents_page,
    assets,
    assignee_page,
    events_page,
    incidents_page,
    knowledge_page,
    model_page,
    sign_in,
    sla_page,
    staffing_page,
    teams_page,
    ticket_page,
    volume_page,
)
from serving.console.errors import ConsoleRoute
from triage.errors import NotFoundError

__all__ = ["router"]

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)
for part in (
    assets,
    sign_in,
    ticket_page,
    assignee_page,
    agents_page,
    teams_page,
    sla_page,
    incidents_page,
    volume_page,
    events_page,
    staffing_page,
    knowledge_page,
    model_page,
):
    router.include_router(part.router)


@router.get("/console/{path:path}")
def miss(path: str) -> None:
    """Say that there is no such page."""
    raise NotFoundError("Got the address of a page that the console does not have; open /console.")
