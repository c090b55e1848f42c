"""The model that answers, what it promises, how it did; and the runs that make new ones."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from serving.console.errors import ConsoleRoute
from serving.console.session import FromHere, signed_in
from serving.console.visit import Visit
from serving.dependencies import ModelHostDep, StoreDep
from serving.idempotency import Once
from serving.model_catalogue import ModelFacts, list_models, read_card
from serving.routers.models import CARD_POLICY, Version
from serving.routers.training_runs import RunId
from serving.schemas.runs import RunOut, TrainingRunIn
from triage.promise_words import is_dear
from triage.store.erasures import erased_after
from triage.store.idempotency import Reply
from triage.store.runs import ask_for_run, get_run, list_runs
from triage.ticket import FIELDS

__all__ = ["router"]

router = APIRouter(prefix="/console", include_in_schema=False, route_class=ConsoleRoute)

SHOWN = 12


@router.get("/model")
def show_model(
    store: StoreDep, models: ModelHostDep, visit: Annotated[Visit, signed_in("list_models")]
) -> Response:
    """Show the champion, the other versions and the latest runs."""
    workspace = visit.caller.workspace
    known = list_models(models.registry, models.key, workspace, erased_after(store, workspace))
    champion = next((one for one in known if one.role == "champion"), None)
    fields = _in_reading_order(champion)
    others = [one for one in reversed(known) if one is not champion]
    return visit.show(
        "model.html",
        champion=champion,
        fields=fields,
        flagged=_flagged(fields),
        others=others,
        failure=models.failures.get(workspace),
        runs=list_runs(store, workspace, limit=SHOWN),
    )


@router.get("/model/{version}/card")
def show_card(
    version: Version, models: ModelHostDep, visit: Annotated[Visit, signed_in("read_model_card")]
) -> HTMLResponse:
    """Show the model card, a page of its own."""
    card = read_card(models.registry, models.key, visit.caller.workspace, version)
    return HTMLResponse(card, headers={"Content-Security-Policy": CARD_POLICY})


@router.post("/model/train", dependencies=[FromHere])
def train(store: StoreDep, visit: Annotated[Visit, signed_in("start_training_run")]) -> Response:
    """Ask a worker to learn from everything that the workspace has."""
    asked = TrainingRunIn.model_validate({}).parameters()

    def ask() -> Reply:
        wanted = ask_for_run(store, visit.caller.workspace, "train", asked, visit.caller.name)
        return Reply(202, RunOut.of(wanted).model_dump(mode="json"))

    reply = Once(store, None, "").run(visit.caller.workspace, ask)
    run = get_run(store, visit.caller.workspace, reply.document["run_id"])
    if not visit.is_partial:
        return visit.show("asked.html", run=run)
    return visit.show("parts/run.html", run=run)


@router.get("/runs/{run_id}")
def follow_run(
    run_id: RunId, store: StoreDep, visit: Annotated[Visit, signed_in("read_training_run")]
) -> Response:
    """Show how far a run is; once it has succeeded, the page around it is loaded anew."""
    run = get_run(store, visit.caller.workspace, run_id)
    response = visit.show("parts/run.html", run=run)
    if run.state == "succeeded":
        response.headers["HX-Refresh"] = "true"
    return response


def _in_reading_order(champion: ModelFacts | None) -> list[tuple[str, Mapping[str, Any]]]:
    if champion is None or champion.manifest is None:
        return []
    return [(name, champion.manifest.fields[name]) for name in FIELDS if name in champion.manifest.fields]


def _flagged(fields: Sequence[tuple[str, Mapping[str, Any]]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what catching labels costs, by field; bundles of before counted none of it."""
    return [
        (name, {**one, "of": facts["metrics"]["tickets"], "is_dear": _is_dear(one, facts)})
        for name, facts in fields
        for one in facts["metrics"].get("promises", ())
        if "flagged" in one
    ]


def _is_dear(one: Mapping[str, Any], facts: Mapping[str, Any]) -> bool:
    return is_dear(one["flagged"], one["flagged_right"], facts["metrics"]["tickets"])
