"""Reading decisions and judging them."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from serving.audit_trail import act_for
from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.reach import NO_DECISION, reach_decision
from serving.schemas.base import SafeText
from serving.schemas.decisions import DecisionRecordOut
from serving.schemas.feedback import FeedbackIn
from triage.errors import NotFoundError
from triage.feedback import Feedback, judged_value
from triage.in_order import in_order
from triage.store import Store
from triage.store.decisions import StoredDecision, get_decision
from triage.store.feedback import feedback_on, put_feedback
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])
PROBLEMS = documented(400, 401, 403, 404, 409, 413, 422, 500, 503)

DecisionId = Annotated[
    SafeText, Path(max_length=40, description="As answered.", examples=["5f0c7f7a3f0e4d0f8d1f7b0a4d9c2e11"])
]


@router.get(
    "/{decision_id}",
    operation_id="read_decision",
    summary="Read a decision and its feedback",
    response_model=DecisionRecordOut,
    responses=PROBLEMS,
)
def read_decision(
    decision_id: DecisionId, store: StoreDep, caller: Annotated[Caller, permitted("read_decision")]
) -> DecisionRecordOut:
    """Return what was decided, with what people said about it since."""
    stored = _find(store, caller, decision_id)
    return DecisionRecordOut.of(stored, feedback_on(store, caller.workspace, decision_id))


@router.post(
    "/{decision_id}/feedback",
    operation_id="give_feedback",
    summary="Say what was right",
    status_code=201,
    response_model=DecisionRecordOut,
    responses=PROBLEMS,
)
def give_feedback(
    decision_id: DecisionId,
    given: FeedbackIn,
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("give_feedback")],
) -> Response:
    """Accept, replace or skip the decided values, field by field; all are stored or none.

    Silence is not agreement: a field that nobody judged is not counted as right. A later word on the
    same field stands beside the earlier one.
    """

    def judge() -> Reply:
        stored = _find(store, caller, decision_id)
        said = feedback_on(store, caller.workspace, decision_id)
        moment = in_order(datetime.now(UTC), max((one.created_at for one in said), default=None))
        judged = [
            Feedback(
                feedback_id=uuid.uuid4().hex,
                decision_id=decision_id,
                field=name,
                verdict=one.kind,
                value=judged_value(stored.decision, name, one.kind, one.value),
                actor=given.actor or caller.name,
                created_at=moment,
            )
            for name, one in given.fields.items()
        ]
        put_feedback(store, caller.workspace, judged)
        act_for(given.actor)
        record = DecisionRecordOut.of(stored, feedback_on(store, caller.workspace, decision_id))
        return Reply(201, record.model_dump(mode="json"))

    return answer(once.run(caller.workspace, judge))


def _find(store: Store, caller: Caller, decision_id: str) -> StoredDecision:
    reach_decision(store, caller, decision_id)
    stored = get_decision(store, caller.workspace, decision_id)
    if stored is None:
        raise NotFoundError(NO_DECISION)
    return stored
