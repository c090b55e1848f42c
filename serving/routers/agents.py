"""Agents: who can be given tickets, and how it stands with them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AfterValidator

from serving.agent_names import IMPORT, check_agent_name
from serving.agent_page import agent_page
from serving.agent_table import read_agent_table
from serving.auth import Caller, permitted
from serving.dependencies import AssigningDep, StoreDep
from serving.floor_view import floor_now, presence_now
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_agent, reach_teams
from serving.schemas.agent_imports import AgentImportIn, AgentImportOut
from serving.schemas.agents import AgentIn, AgentListOut, AgentOut
from serving.schemas.base import SafeText
from triage.errors import ConflictError
from triage.store.agents import delete_agent as remove
from triage.store.agents import get_agent, put_agents, update_agents
from triage.store.idempotency import Reply
from triage.store.workspaces import find_workspace

__all__ = ["AgentName", "router"]

router = APIRouter(prefix="/v1/agents", tags=["agents"])
READING = documented(400, 401, 403, 404, 422, 500, 503)
WRITING = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

AgentName = Annotated[
    SafeText,
    AfterValidator(check_agent_name),
    Path(
        min_length=1,
        max_length=320,
        pattern=r"^[^\r\n]+$",
        description="The value that stands in the field `assignee`.",
        examples=["ada"],
    ),
]


@router.get(
    "",
    operation_id="list_agents",
    summary="List the agents",
    response_model=AgentListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_all(
    store: StoreDep,
    assigning: AssigningDep,
    caller: Annotated[Caller, permitted("list_agents")],
    team: Annotated[
        SafeText | None, Query(max_length=200, description="Only those of this team.", examples=["Network"])
    ] = None,
    after: Annotated[
        SafeText, Query(max_length=320, description="Only names that come after this one.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=1000, description="Agents on a page.")] = 1000,
    search: Annotated[
        SafeText,
        Query(
            max_length=320,
            description="Only those with each of these words in the name or in a team's, in any case.",
            examples=["ada net"],
        ),
    ] = "",
) -> AgentListOut:
    """Return agents by name: who is there, until when, and how much each has in hand."""
    floor = floor_now(store, assigning, caller.workspace)
    return AgentListOut.of(agent_page(floor, after, limit, team=team, search=search))


@router.post(
    "/import",
    operation_id="import_agents",
    summary="Import an agents table",
    response_model=AgentImportOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
def import_table(
    given: AgentImportIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("import_agents")],
) -> Response:
    """Store the agents of a table, all or none; others stay.

    Of agents that are there, what the table has no column for stays, too; its absences are added.
    """

    def put() -> Reply:
        known = find_workspace(store, caller.workspace)
        table = read_agent_table(given.csv, "UTC" if known is None else known.zone)
        new = update_agents(store, caller.workspace, table.rows, table.columns)
        document = AgentImportOut(agents=[one.agent.agent for one in table.rows], new=new)
        return Reply(200, document.model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.get(
    "/{agent:path}",
    operation_id="read_agent",
    summary="Read an agent",
    response_model=AgentOut,
    responses=READING,
)
def read(
    agent: AgentName,
    store: StoreDep,
    assigning: AssigningDep,
    caller: Annotated[Caller, permitted("read_agent")],
) -> AgentOut:
    """Return one agent, and how it stands now."""
    return AgentOut.of(presence_now(store, assigning, caller.workspace, agent))


@router.put(
    "/{agent:path}",
    operation_id="replace_agent",
    summary="Replace an agent, or add one",
    response_model=AgentOut,
    responses=WRITING,
)
def replace(
    agent: AgentName,
    given: AgentIn,
    store: StoreDep,
    assigning: AssigningDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_agent")],
) -> Response:
    """Store an agent, whether there was one or not; absences stay. It holds from the next request on."""

    def put() -> Reply:
        if agent == IMPORT:
            raise ConflictError("Got an agent named 'import', which is an address here; name it otherwise.")
        reach_agent(store, caller, agent)
        reach_teams(caller, given.to_agent(agent, ()).all_teams)
        stands = get_agent(store, caller.workspace, agent)
        told = () if stands is None else tuple(one for one in stands.all_absences if one.uid is None)
        put_agents(store, caller.workspace, [given.to_agent(agent, told)])
        shown = AgentOut.of(presence_now(store, assigning, caller.workspace, agent, fresh=True))
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.delete(
    "/{agent:path}",
    operation_id="delete_agent",
    summary="Remove an agent",
    response_model=AgentOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def delete(
    agent: AgentName,
    store: StoreDep,
    assigning: AssigningDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("delete_agent")],
) -> Response:
    """Forget an agent with all absences; return it as it was. To keep it without tickets, set `active`."""

    def forget() -> Reply:
        shown = AgentOut.of(presence_now(store, assigning, caller.workspace, agent, fresh=True))
        remove(store, caller.workspace, agent)
        return Reply(200, shown.model_dump(mode="json"))

    return answer(once.run(caller.workspace, forget))
