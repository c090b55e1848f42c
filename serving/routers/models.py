"""Model versions: looking at them, and choosing the one that answers."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import HTMLResponse

from serving.auth import Caller, permitted
from serving.dependencies import ModelHostDep, StoreDep, WorkDep
from serving.idempotency import OnceDep, answer
from serving.model_catalogue import find_model, list_models, read_card
from serving.problems import documented
from serving.schemas.models import ModelDetailOut, ModelListOut, ModelOut, PointersOut
from triage.store.erasures import erased_after
from triage.store.idempotency import Reply

__all__ = ["router"]

router = APIRouter(prefix="/v1/models", tags=["models"])
READING = documented(400, 401, 403, 404, 409, 422, 500, 503)
CARD_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

Version = Annotated[
    str,
    Path(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$",
        description="The version's name.",
        examples=["20260301-1"],
    ),
]


@router.get(
    "",
    operation_id="list_models",
    summary="List the model versions",
    response_model=ModelListOut,
    responses=documented(400, 401, 403, 500, 503),
)
def list_all(
    store: StoreDep, models: ModelHostDep, caller: Annotated[Caller, permitted("list_models")]
) -> ModelListOut:
    """Return every version of the workspace with its role and its figures on held-out time."""
    pointers = PointersOut.of(models.registry.pointers(caller.workspace))
    ledger = erased_after(store, caller.workspace)
    facts = list_models(models.registry, models.key, caller.workspace, ledger)
    return ModelListOut(**pointers.model_dump(), models=[ModelOut.of(one) for one in facts])


@router.post(
    "/rollback",
    operation_id="rollback_model",
    summary="Return to the champion before this one",
    response_model=PointersOut,
    responses=READING,
)
async def rollback(
    models: ModelHostDep,
    work: WorkDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("rollback_model")],
) -> Response:
    """Move the pointer back, after the earlier champion was verified, loaded and tried out again.

    The champion that is left becomes the challenger.
    """

    def roll_back() -> Reply:
        earlier = once.earlier(caller.workspace)
        if earlier is not None:
            return earlier
        prepared = models.prepare_rollback(caller.workspace)

        def move() -> Reply:
            models.roll_back(caller.workspace, prepared)
            return Reply(200, _pointers(models, caller))

        return once.run(caller.workspace, move)

    return answer(await work.run(roll_back))


@router.get(
    "/{version}",
    operation_id="read_model",
    summary="Read what a model says of itself",
    response_model=ModelDetailOut,
    responses=READING,
)
def read_model(
    version: Version,
    store: StoreDep,
    models: ModelHostDep,
    caller: Annotated[Caller, permitted("read_model")],
) -> ModelDetailOut:
    """Return the signed manifest of one version."""
    ledger = erased_after(store, caller.workspace)
    return ModelDetailOut.of(find_model(models.registry, models.key, caller.workspace, version, ledger))


@router.get(
    "/{version}/card",
    operation_id="read_model_card",
    summary="Read the model card",
    response_class=HTMLResponse,
    responses=READING
    | {200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "The card, HTML"}},
)
def read_model_card(
    version: Version, models: ModelHostDep, caller: Annotated[Caller, permitted("read_model_card")]
) -> HTMLResponse:
    """Return the page that tells what the model can do, where it fails, and what it learnt from."""
    card = read_card(models.registry, models.key, caller.workspace, version)
    return HTMLResponse(card, headers={"Content-Security-Policy": CARD_POLICY})


@router.post(
    "/{version}/promote",
    operation_id="promote_model",
    summary="Let a version answer from now on",
    response_model=PointersOut,
    responses=READING,
)
async def promote(
    version: Version,
    models: ModelHostDep,
    work: WorkDep,
    once: OnceDep,
    caller: Annotated[Caller, permitted("promote_model")],
) -> Response:
    """Make a version the champion, after it was verified, loaded and tried out; else nothing changes.

    Other servers on the same models folder follow within seconds. No request is lost on the way.
    """

    def promote_it() -> Reply:
        earlier = once.earlier(caller.workspace)
        if earlier is not None:
            return earlier
        prepared = models.prepare(caller.workspace, version)

        def move() -> Reply:
            models.promote(caller.workspace, prepared)
            return Reply(200, _pointers(models, caller))

        return once.run(caller.workspace, move)

    return answer(await work.run(promote_it))


def _pointers(models: ModelHostDep, caller: Caller) -> dict[str, object]:
    return PointersOut.of(models.registry.pointers(caller.workspace)).model_dump(mode="json")
