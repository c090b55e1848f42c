"""The report on knowledge: does it help, and what does it lack."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Query, Response

from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.help_report import make_help_report
from serving.idempotency import OnceDep, answer
from serving.problems import documented
from serving.schemas.knowledge_report import GapsRunIn, KnowledgeReportOut
from serving.schemas.runs import RunOut
from triage.store.idempotency import Reply
from triage.store.runs import ask_for_run

__all__ = ["router"]

router = APIRouter(prefix="/v1/reports/knowledge", tags=["reports"])


@router.get(
    "",
    operation_id="read_knowledge_report",
    summary="Read whether knowledge helps and what it lacks",
    response_model=KnowledgeReportOut,
    responses=documented(400, 401, 403, 422, 500, 503),
)
def read_knowledge_report(
    store: StoreDep,
    caller: Annotated[Caller, permitted("read_knowledge_report")],
    days: Annotated[int, Query(ge=1, le=3_650, description="What was offered in so many days.")] = 90,
) -> KnowledgeReportOut:
    """Return acceptance by rank, deflection and time saved as of now, and the newest report of gaps.

    Of gaps a caller reads titles, words and examples that come from tickets in their sight.
    """
    report = make_help_report(store, caller, days=days, now=datetime.now(UTC))
    return KnowledgeReportOut.of(report)


@router.post(
    "",
    operation_id="start_knowledge_report",
    summary="Look for knowledge gaps anew",
    status_code=202,
    response_model=RunOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
def start_knowledge_report(
    asked: Annotated[GapsRunIn, Body(default_factory=GapsRunIn)],
    store: StoreDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("start_knowledge_report")],
) -> Response:
    """Ask a worker to find tickets that no article serves; follow it at `/v1/training-runs/{run_id}`."""

    def ask() -> Reply:
        run = ask_for_run(store, caller.workspace, "gaps", asked.parameters(), caller.name)
        return Reply(202, RunOut.of(run).model_dump(mode="json"))

    return answer(once.run(caller.workspace, ask))
