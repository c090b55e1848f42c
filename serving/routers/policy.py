"""The admin's word: modes, thresholds, labels never automated, the kill switch; and each team's own."""

from dataclasses import replace as changed_by
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.auth import Caller, permitted
from serving.dependencies import ModelHostDep, StoreDep
from serving.idempotency import OnceDep, answer
from serving.policy_labels import unknown_labels
from serving.problems import documented
from serving.reach import reach_teams
from serving.schemas.base import SafeText
from serving.schemas.policy import PolicyChangedOut, PolicyIn, PolicyOut
from serving.team_names import expect_stopped, expect_team
from triage.store.idempotency import Reply
from triage.store.policies import read_policy, stop_team, write_policy

__all__ = ["router"]

router = APIRouter(prefix="/v1/policy", tags=["policy"])

TeamName = Annotated[SafeText, Path(max_length=200, description="The team's name.")]


@router.get(
    "",
    operation_id="read_policy",
    summary="Read the policy",
    response_model=PolicyOut,
    responses=documented(400, 401, 403, 500, 503),
)
def read(store: StoreDep, caller: Annotated[Caller, permitted("read_policy")]) -> PolicyOut:
    """Return the workspace's policy as it stands now."""
    return PolicyOut.of(read_policy(store, caller.workspace))


@router.put(
    "",
    operation_id="replace_policy",
    summary="Replace the policy",
    response_model=PolicyChangedOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
def replace(
    given: PolicyIn,
    store: StoreDep,
    models: ModelHostDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_policy")],
) -> Response:
    """Replace the whole policy; it holds for every request that begins afterwards, on every server.

    Send the `version` that was read to be refused with 409 when somebody else changed it meanwhile.
    `warnings` tells labels that it names and nobody knows.
    """

    def write() -> Reply:
        policy = given.to_policy()
        if given.stopped_teams is None:
            stands = read_policy(store, caller.workspace).policy
            policy = changed_by(policy, stopped_teams=stands.stopped_teams)
        changed = write_policy(store, caller.workspace, policy, caller.name, expected_version=given.version)
        bundle = models.bundle(caller.workspace)
        taxonomy = None if bundle is None else bundle.manifest.taxonomy
        told = unknown_labels(store, caller.workspace, changed.policy, taxonomy)
        return Reply(200, PolicyChangedOut.warned(changed, told).model_dump(mode="json"))

    return answer(once.run(caller.workspace, write))


@router.put(
    "/stopped-teams/{team:path}",
    operation_id="stop_team",
    summary="Stop automation for a team's tickets",
    response_model=PolicyOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def stop(
    team: TeamName,
    store: StoreDep,
    models: ModelHostDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("stop_team")],
) -> Response:
    """Apply and suggest nothing for tickets of this team, from the next request on, on every server.

    A caller with teams may stop these. Tickets whose team a person set count, and those that the model would
    give to the team, however sure it is.
    """
    reach_teams(caller, [team])

    def write() -> Reply:
        expect_team(store, models, caller.workspace, team)
        changed = stop_team(store, caller.workspace, team, caller.name)
        return Reply(200, PolicyOut.of(changed).model_dump(mode="json"))

    return answer(once.run(caller.workspace, write))


@router.delete(
    "/stopped-teams/{team:path}",
    operation_id="start_team",
    summary="Let automation of a team's tickets go on",
    response_model=PolicyOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def start(
    team: TeamName,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("start_team")],
) -> Response:
    """Take the team's switch back."""
    reach_teams(caller, [team])

    def write() -> Reply:
        expect_stopped(store, caller.workspace, team)
        changed = stop_team(store, caller.workspace, team, caller.name, is_stopped=False)
        return Reply(200, PolicyOut.of(changed).model_dump(mode="json"))

    return answer(once.run(caller.workspace, write))
