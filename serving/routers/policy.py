"""The admin's word: modes, thresholds, labels never automated, the kill switch."""

from typing import Annotated

from fastapi import APIRouter, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.policy import PolicyIn, PolicyOut
from triage.store.idempotency import Reply
from triage.store.policies import read_policy, write_policy

__all__ = ["router"]

router = APIRouter(prefix="/v1/policy", tags=["policy"])


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
    response_model=PolicyOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
def replace(
    given: PolicyIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("replace_policy")],
) -> Response:
    """Replace the whole policy; it holds for every request that begins afterwards, on every server.

    Send the `version` that was read to be refused with 409 when somebody else changed it meanwhile.
    """

    def write() -> Reply:
        changed = write_policy(
            store, caller.workspace, given.to_policy(), caller.name, expected_version=given.version
        )
        return Reply(200, PolicyOut.of(changed).model_dump(mode="json"))

    return answer(once.run(caller.workspace, write))
