"""Alerts of volume and of people: bursts going on, days ahead that will stand out or lack people."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.spikes import (
    AlertKindName,
    AlertListOut,
    AlertOut,
    AlertSettingsIn,
    AlertSettingsOut,
    AlertStateIn,
    AlertStateName,
)
from triage.errors import InputError
from triage.spikes.alert import AlertKind, AlertState
from triage.store import Store
from triage.store.idempotency import Reply
from triage.store.volume_alerts import StoredAlert, list_alerts, read_settings, set_state, write_settings

__all__ = ["change_state", "router"]

router = APIRouter(prefix="/v1/spikes", tags=["forecasts"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

AlertId = Annotated[
    SafeText,
    Path(
        min_length=1, max_length=64, description="As listed.", examples=["3f2a9c0d7b5e4a1c8d6f0e9b2a4c6d8e"]
    ),
]


@router.get(
    "",
    operation_id="list_spikes",
    summary="List alerts of volume",
    response_model=AlertListOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def list_all(
    store: StoreDep,
    caller: Annotated[Caller, permitted("list_spikes")],
    kind: Annotated[AlertKindName | None, Query(description="Only this kind.")] = None,
    state: Annotated[AlertStateName | None, Query(description="Only in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="At most so many.")] = 100,
) -> AlertListOut:
    """Return alerts of bursts, of days ahead and of too few people, newest first, each with its reasons."""
    found = list_alerts(
        store,
        caller.workspace,
        kind=None if kind is None else AlertKind(kind),
        state=None if state is None else AlertState(state),
        limit=limit,
    )
    return AlertListOut.of(found)


@router.put(
    "/{alert_id}/state",
    operation_id="set_spike_state",
    summary="Acknowledge, snooze or reject an alert",
    response_model=AlertOut,
    responses=PROBLEMS,
)
def put_state(
    alert_id: AlertId,
    given: AlertStateIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("set_spike_state")],
) -> Response:
    """Note what was done with an alert.

    A burst that is acknowledged is left out of what is usual; one that is marked false is not, and counts
    against the budget when limits are solved again.
    """

    def put() -> Reply:
        done = change_state(store, caller, alert_id, AlertState(given.state), given.until)
        return Reply(200, AlertOut.of(done).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


@router.get(
    "/settings",
    operation_id="read_spike_settings",
    summary="Read the budget of alerts",
    response_model=AlertSettingsOut,
    responses=documented(400, 401, 403, 500, 503),
)
def read(store: StoreDep, caller: Annotated[Caller, permitted("read_spike_settings")]) -> AlertSettingsOut:
    """Return how many alerts a month the workspace can bear, and from which probability on it is told."""
    return AlertSettingsOut.of(read_settings(store, caller.workspace))


@router.put(
    "/settings",
    operation_id="replace_spike_settings",
    summary="Set the budget of alerts",
    response_model=AlertSettingsOut,
    responses=PROBLEMS,
)
def replace(
    given: AlertSettingsIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_spike_settings")],
) -> Response:
    """Set how many alerts a month are bearable; the next look at the volume keeps to it."""

    def put() -> Reply:
        settings = given.settings()
        write_settings(store, caller.workspace, settings, caller.name, now=datetime.now(UTC))
        return Reply(200, AlertSettingsOut.of(settings).model_dump(mode="json"))

    return answer(once.run(caller.workspace, put))


def change_state(
    store: Store, caller: Caller, alert_id: str, state: AlertState, until: datetime | None
) -> StoredAlert:
    """Note what the caller did with an alert.

    Raises
    ------
    InputError
        If an alert is snoozed without an end in the future, or something else is given an end.
    NotFoundError
        If the workspace has no such alert.
    """
    now = datetime.now(UTC)
    if (state is AlertState.SNOOZED) != (until is not None):
        raise InputError(
            f"Got state {state.value} {'with' if until else 'without'} an end; expected `until` with snoozed "
            "and with nothing else; correct the request."
        )
    if until is not None and until <= now:
        raise InputError("Got an end that is over; expected a time in the future; choose a later one.")
    return set_state(store, caller.workspace, alert_id, state, caller.name, now=now, until=until)
