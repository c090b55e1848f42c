"""Stopping automation for one team's tickets, and letting it go on: two buttons on the page of the agents."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import ModelHostDep, StoreDep
from serving.reach import reach_teams
from serving.team_names import expect_stopped, expect_team
from triage.policy import Policy
from triage.store.policies import StoredPolicy, stop_team

__all__ = ["TeamSwitch", "router", "team_switches"]

router = APIRouter(prefix="/console/teams", include_in_schema=False, route_class=ConsoleRoute)

TeamName = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class TeamSwitch:
    """One team with its switch: whether it is stopped, and whether the visitor may turn it."""

    team: str
    is_stopped: bool
    may_turn: bool


def team_switches(visit: Visit, policy: Policy, teams: list[str]) -> list[TeamSwitch]:
    """Return the switches to show: of stopped teams, and of those that the visitor may stop."""
    found = []
    for team in sorted({*teams, *policy.stopped_teams}):
        is_stopped = team in policy.stopped_teams
        reaches = visit.caller.teams is None or team in visit.caller.teams
        may_turn = reaches and visit.may("start_team" if is_stopped else "stop_team")
        if is_stopped or may_turn:
            found.append(TeamSwitch(team, is_stopped, may_turn))
    return found


@router.post("/stop", dependencies=[FromHere])
def stop(
    store: StoreDep,
    models: ModelHostDep,
    visit: Annotated[Visit, signed_in("stop_team")],
    team: TeamName = "",
) -> Response:
    """Stop automation for a team's tickets."""
    reach_teams(visit.caller, [team])
    caller = visit.caller

    def effect() -> StoredPolicy:
        expect_team(store, models, caller.workspace, team)
        return stop_team(store, caller.workspace, team, caller.name)

    written(store, visit, effect, _told)
    return _back(team)


@router.post("/start", dependencies=[FromHere])
def start(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("start_team")],
    team: TeamName = "",
) -> Response:
    """Let automation of a team's tickets go on."""
    reach_teams(visit.caller, [team])
    caller = visit.caller

    def effect() -> StoredPolicy:
        expect_stopped(store, caller.workspace, team)
        return stop_team(store, caller.workspace, team, caller.name, is_stopped=False)

    written(store, visit, effect, _told)
    return _back(team)


def _told(changed: StoredPolicy) -> dict[str, object]:
    return {"version": changed.version, "stopped_teams": sorted(changed.policy.stopped_teams)}


def _back(team: str) -> Response:
    return RedirectResponse(f"/console/agents?team={quote(team)}", 303)
