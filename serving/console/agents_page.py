"""The agents: who is there now, with how much in hand; when they are away, and changing that."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Response
from fastapi.responses import RedirectResponse

from serving.agent_page import agent_page
from serving.console.agents_view import days_away, view_agent, view_agents, view_team
from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.teams_page import team_switches
from serving.console.visit import Visit
from serving.dependencies import AssigningDep, StoreDep
from serving.floor_view import floor_now, presence_now
from serving.idempotency import Once
from serving.reach import reach_agent
from serving.schemas.agents import AbsenceOut
from triage.errors import NotFoundError
from triage.store.agents import delete_absence, put_absence
from triage.store.idempotency import Reply
from triage.store.policies import read_policy

__all__ = ["router"]

router = APIRouter(prefix="/console/agents", include_in_schema=False, route_class=ConsoleRoute)
ADDRESS = "/console/agents"
SHOWN = 100
"""Agents on a page; of more, those of the page alone are looked at."""

AgentName = Annotated[str, Path(max_length=320)]
Day = Annotated[str, Form(max_length=10)]


@router.get("")
def show_agents(
    store: StoreDep,
    assigning: AssigningDep,
    visit: Annotated[Visit, signed_in("list_agents")],
    team: Annotated[str, Query(max_length=200)] = "",
    search: Annotated[str, Query(max_length=320)] = "",
    after: Annotated[str, Query(max_length=320)] = "",
) -> Response:
    """Show who is there: the agents of one team or of all, whoever is looked for, a page at a time."""
    workspace = visit.caller.workspace
    floor = floor_now(store, assigning, workspace)
    page = agent_page(floor, after, SHOWN, team=team or None, search=search)
    is_whole = len(page.shown) == page.total
    agents = view_agents(page.shown) if is_whole else [view_agent(one) for one in page.shown]
    teams = [] if floor is None else floor.situation.roster.teams
    # Where a page holds some of many, so do the switches: those of its agents' teams.
    near = teams if is_whole else [name for one in page.shown for name in one.agent.all_teams]
    switches = team_switches(visit, read_policy(store, workspace).policy, near)
    asked = {name: value for name, value in (("team", team), ("search", search)) if value}
    return visit.show(
        "agents.html",
        agents=agents,
        teams=teams,
        team=team,
        search=search,
        has_many=floor is not None and len(floor.situation.roster.agents) > SHOWN,
        page=page,
        is_first=not after,
        first=f"{ADDRESS}?{urlencode(asked)}",
        following=f"{ADDRESS}?{urlencode(asked | {'after': page.next_after or ''})}",
        total=view_team(agents),
        switches=[one for one in switches if not team or one.team == team],
    )


@router.post("/{agent:path}/absences", dependencies=[FromHere])
def add_absence(
    agent: AgentName,
    store: StoreDep,
    assigning: AssigningDep,
    visit: Annotated[Visit, signed_in("add_absence")],
    first: Day = "",
    last: Day = "",
) -> Response:
    """Keep that an agent is away on some days."""
    reach_agent(store, visit.caller, agent)
    zone = presence_now(store, assigning, visit.caller.workspace, agent).zone
    absence = days_away(first, last, zone)

    def put() -> Reply:
        put_absence(store, visit.caller.workspace, agent, absence)
        return Reply(200, AbsenceOut.of(absence).model_dump(mode="json"))

    Once(store, None, "").run(visit.caller.workspace, put)
    return _one(store, assigning, visit, agent)


@router.post("/{agent:path}/absences/{absence_id}/remove", dependencies=[FromHere])
def remove_absence(
    agent: AgentName,
    absence_id: Annotated[str, Path(max_length=64)],
    store: StoreDep,
    assigning: AssigningDep,
    visit: Annotated[Visit, signed_in("delete_absence")],
) -> Response:
    """Forget an absence."""

    def remove() -> Reply:
        reach_agent(store, visit.caller, agent)
        if not delete_absence(store, visit.caller.workspace, agent, absence_id):
            raise NotFoundError("Got an absence that is not stored any more; open the page again.")
        return Reply(200, {"absence_id": absence_id})

    Once(store, None, "").run(visit.caller.workspace, remove)
    return _one(store, assigning, visit, agent)


def _one(store: StoreDep, assigning: AssigningDep, visit: Visit, agent: str) -> Response:
    if not visit.is_partial:
        return RedirectResponse(ADDRESS, 303)
    found = presence_now(store, assigning, visit.caller.workspace, agent)
    return visit.show("parts/agent.html", one=view_agent(found), is_open=True)
