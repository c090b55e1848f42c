"""When agents are away: told one by one, or imported from calendars and tables."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from features.absence_file import FileForm
from serving.absence_import import import_absences
from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import reach_agent
from serving.routers.agents import AgentName
from serving.schemas.agent_imports import AbsenceImportIn, AbsenceImportOut
from serving.schemas.agents import AbsenceIn, AbsenceListOut, AbsenceOut
from serving.schemas.base import SafeText
from triage.agent import Agent
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import absence_id as id_of
from triage.store.agents import delete_absence, get_agent, put_absence
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["agents"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

AbsenceId = Annotated[
    SafeText,
    Path(
        min_length=1, max_length=64, description="As listed.", examples=["0b54c6a9f54a4b2a8d0d9c3f1e8a7b6c"]
    ),
]


@router.get(
    "/agents/{agent:path}/absences",
    operation_id="list_absences",
    summary="List an agent's absences",
    response_model=AbsenceListOut,
    responses=documented(400, 401, 403, 404, 422, 500, 503),
)
def list_all(
    agent: AgentName, store: StoreDep, caller: Annotated[Caller, permitted("list_absences")]
) -> AbsenceListOut:
    """Return when an agent was, is and will be away."""
    return AbsenceListOut.of(_find(store, caller, agent))


@router.post(
    "/agents/{agent:path}/absences",
    operation_id="add_absence",
    summary="Add an absence",
    status_code=201,
    response_model=AbsenceOut,
    responses=PROBLEMS,
)
def add(
    agent: AgentName,
    given: AbsenceIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("add_absence")],
) -> Response:
    """Store that an agent is away for a while; the same absence told twice is stored once."""

    def put() -> Reply:
        reach_agent(store, caller, agent)
        _find(store, caller, agent)
        absence = given.to_absence()
        put_absence(store, caller.workspace, agent, absence)
        return Reply(201, AbsenceOut.of(absence).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.put(
    "/agents/{agent:path}/absences/{absence_id}",
    operation_id="replace_absence",
    summary="Change an absence",
    response_model=AbsenceOut,
    responses=PROBLEMS,
)
def replace(
    agent: AgentName,
    absence_id: AbsenceId,
    given: AbsenceIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_absence")],
) -> Response:
    """Store other times in place of an absence's; its id changes with them."""

    def put() -> Reply:
        _remove(store, caller, agent, absence_id)
        absence = given.to_absence()
        put_absence(store, caller.workspace, agent, absence)
        return Reply(200, AbsenceOut.of(absence).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.delete(
    "/agents/{agent:path}/absences/{absence_id}",
    operation_id="delete_absence",
    summary="Remove an absence",
    response_model=AbsenceOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def delete(
    agent: AgentName,
    absence_id: AbsenceId,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("delete_absence")],
) -> Response:
    """Forget an absence; one from a calendar comes back with the next import of that calendar."""

    def forget() -> Reply:
        return Reply(200, _remove(store, caller, agent, absence_id).model_dump(mode="json"))

    return answer(once.run(caller.workspace, forget))


@router.post(
    "/absences/import",
    operation_id="import_absences",
    summary="Import absences from a calendar or a table",
    response_model=AbsenceImportOut,
    responses=PROBLEMS,
)
def import_file(
    given: AbsenceImportIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("import_absences")],
) -> Response:
    """Store the absences of a file and say of everything else in it why it is none.

    A calendar (its last month and next 400 days) replaces what an earlier calendar said of the agents that
    are named in it, and of its events. Who is named in none keeps what is stored: it may be of one team only.
    The absences of a table are added; the same one twice is stored once.
    """

    def put() -> Reply:
        form: FileForm = "csv" if given.csv is not None else "calendar"
        content = (given.csv or given.calendar or "").encode()
        found = import_absences(
            store, caller.workspace, content, form, given.agent, least_hours=given.least_hours
        )
        return Reply(200, AbsenceImportOut.of(found).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


def _find(store: Store, caller: Caller, agent: str) -> Agent:
    stored = get_agent(store, caller.workspace, agent)
    if stored is None:
        raise NotFoundError("Got an agent that this workspace does not have; GET /v1/agents lists them.")
    return stored


def _remove(store: Store, caller: Caller, agent: str, identity: str) -> AbsenceOut:
    reach_agent(store, caller, agent)
    stored = _find(store, caller, agent)
    gone = next((one for one in stored.all_absences if id_of(one) == identity), None)
    if gone is None:
        raise NotFoundError("Got an absence that this agent does not have; GET .../absences lists them.")
    delete_absence(store, caller.workspace, agent, identity)
    return AbsenceOut.of(gone)
