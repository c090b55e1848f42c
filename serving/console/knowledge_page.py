"""Knowledge: whether what is offered helps, what the articles lack, and judging what was offered."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Response

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.console.writing import written
from serving.dependencies import StoreDep
from serving.help_report import make_help_report
from serving.routers.suggestions import judge_items
from serving.schemas.knowledge_report import GapsRunIn
from serving.schemas.suggestions import SuggestionFeedbackIn
from triage.store.runs import ask_for_run, list_runs

__all__ = ["router"]

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)

KINDS = {"article": "Articles", "solved": "Solved tickets", "reply": "Replies"}
GAPS_SHOWN = 25
CARE_SHOWN = 40


@router.get("/knowledge")
def show_knowledge(
    store: StoreDep,
    visit: Annotated[Visit, signed_in("read_knowledge_report")],
    days: Annotated[int, Query(ge=1, le=3_650)] = 90,
) -> Response:
    """Show the report of the last days, and the newest gaps."""
    workspace = visit.caller.workspace
    newest = list_runs(store, workspace, kind="gaps", limit=1)
    run = newest[0] if newest and newest[0].state != "succeeded" else None
    report = make_help_report(store, visit.caller, days=days, now=datetime.now(UTC))
    found = None if report.gaps is None else report.gaps.document
    return visit.show(
        "knowledge.html",
        report=report,
        days=days,
        run=run,
        kinds=KINDS,
        gaps=[] if found is None else found["gaps"][:GAPS_SHOWN],
        care=[] if found is None else found["care"][:CARE_SHOWN],
        found=found,
    )


@router.post("/knowledge/gaps", dependencies=[FromHere])
def look_again(store: StoreDep, visit: Annotated[Visit, signed_in("start_knowledge_report")]) -> Response:
    """Ask a worker to look for gaps anew."""
    asked = GapsRunIn.model_validate({}).parameters()
    run = written(
        store,
        visit,
        lambda: ask_for_run(store, visit.caller.workspace, "gaps", asked, visit.caller.name),
        lambda run: {"run_id": run.run_id},
    )
    if not visit.is_partial:
        return visit.show("asked.html", run=run)
    return visit.show("parts/run.html", run=run)


@router.post("/suggestions/{suggestion_id}/feedback", dependencies=[FromHere])
def judge(
    suggestion_id: Annotated[str, Path(max_length=40)],
    store: StoreDep,
    visit: Annotated[Visit, signed_in("give_suggestion_feedback")],
    kind: Annotated[str, Form(max_length=20)],
    item_id: Annotated[str, Form(max_length=200)],
    verdict: Annotated[str, Form(max_length=20)],
) -> Response:
    """Keep what a person did with one thing that was offered."""
    given = SuggestionFeedbackIn.model_validate(
        {"items": [{"kind": kind, "item_id": item_id, "verdict": verdict}]}
    )
    written(
        store,
        visit,
        lambda: judge_items(store, visit.caller, suggestion_id, given),
        lambda _: {"suggestion_id": suggestion_id, **given.model_dump(mode="json")},
    )
    if not visit.is_partial:
        return visit.show("thanks.html")
    return visit.show("parts/item_judged.html", verdict=verdict)
