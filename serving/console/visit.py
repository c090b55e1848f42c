"""One look at the console: who looks at which workspace, and the page that they get."""

from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from serving.caller import Caller, may
from serving.console.rendering import render
from triage.store.workspaces import Workspace

__all__ = ["PAGES", "Visit"]

PAGES: tuple[tuple[str, str, str], ...] = (
    ("/console", "Try a ticket", "triage_ticket"),
    ("/console/incidents", "Incidents", "list_incidents"),
    ("/console/agents", "Agents", "list_agents"),
    ("/console/sla", "SLA", "list_due_promises"),
    ("/console/volume", "Volume", "read_forecast"),
    ("/console/staffing", "Staffing", "make_staffing_plan"),
    ("/console/knowledge", "Knowledge", "read_knowledge_report"),
    ("/console/model", "Model", "list_models"),
)
"""Address, title and operation of each page in the menu."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which workspace; None where nothing was ever imported into it."""

    request: Request
    caller: Caller
    workspace: Workspace | None

    @property
    def pages(self) -> list[tuple[str, str]]:
        """Address and title of the pages that this caller may see."""
        return [(address, title) for address, title, operation in PAGES if self.may(operation)]

    @property
    def is_partial(self) -> bool:
        """Whether a page asks for a part of itself."""
        return "hx-request" in self.request.headers

    def may(self, operation: str) -> bool:
        """Whether the caller's role and scopes let them do this."""
        return may(self.caller, operation)

    def show(self, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """Render a template; it sees this visit as ``visit``."""
        return render(template, status=status, visit=self, **context)
