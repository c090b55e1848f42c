"""API keys of one's own workspace: making, listing, replacing, revoking."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response
from starlette.responses import JSONResponse

from serving.api_keys import create_key, rotate_key
from serving.auth import Caller, permitted
from serving.dependencies import StoreDep
from serving.idempotency import Once, OnceDep, answer
from serving.key_grants import demand_grant, demand_no_limit, demand_no_longer
from serving.problems import documented
from serving.schemas.base import SafeText
from serving.schemas.keys import KeyIn, KeyListOut, KeyOut, NewKeyOut, RotationIn
from triage.errors import InputError, NotFoundError
from triage.store.idempotency import Reply
from triage.store.keys import ApiKey, find_key, list_keys, revoke_key

__all__ = ["router"]

router = APIRouter(prefix="/v1/keys", tags=["keys"])

KeyId = Annotated[
    SafeText, Path(min_length=1, max_length=40, description="As listed.", examples=["8f3a61c09b2d4e75"])
]


@router.get(
    "",
    operation_id="list_keys",
    summary="List the keys",
    response_model=KeyListOut,
    responses=documented(400, 401, 403, 500, 503),
)
def list_all(store: StoreDep, caller: Annotated[Caller, permitted("list_keys")]) -> KeyListOut:
    """Return all keys of the workspace, revoked ones too; never a secret."""
    return KeyListOut(keys=[KeyOut.of(key) for key in list_keys(store, caller.workspace)])


@router.post(
    "",
    operation_id="create_key",
    summary="Make a key",
    status_code=201,
    response_model=NewKeyOut,
    responses=documented(400, 401, 403, 409, 413, 422, 500, 503),
)
def create(given: KeyIn, store: StoreDep, caller: Annotated[Caller, permitted("create_key")]) -> Response:
    """Make a key for this workspace; its token is shown this once, so the answer is never replayed.

    A caller with scopes or teams gives no more than it has itself; a key that ends makes none that goes on
    longer, a key with a limit a minute none.
    """
    demand_grant(caller, given.scopes, given.teams)
    demand_no_limit(caller)
    demand_no_longer(caller, given.expires_at)
    if given.expires_at is not None and given.expires_at <= datetime.now(UTC):
        raise InputError("Got an end of a key that has passed; expected a later time, or none.")
    made: list[tuple[str, ApiKey]] = []

    def make() -> Reply:
        made.append(
            create_key(
                store,
                caller.workspace,
                given.name,
                given.role,
                given.expires_at,
                scopes=given.scopes,
                teams=given.teams,
                per_minute=given.per_minute,
            )
        )
        return Reply(201, KeyOut.of(made[0][1]).model_dump(mode="json"))

    Once(store, None, "").run(caller.workspace, make)
    return _shown_once(*made[0])


@router.post(
    "/{key_id}/rotate",
    operation_id="rotate_key",
    summary="Replace a key",
    status_code=201,
    response_model=NewKeyOut,
    responses=documented(400, 401, 403, 404, 409, 413, 422, 500, 503),
)
def rotate(
    key_id: KeyId, given: RotationIn, store: StoreDep, caller: Annotated[Caller, permitted("rotate_key")]
) -> Response:
    """Make a key that takes another's place; both work for a while, at most two at once.

    A caller with scopes or teams replaces no key that reaches further than it does itself, a key that ends
    none that goes on longer, a key with a limit a minute none but itself; the new one ends with the caller's
    at the latest.
    """
    made: list[tuple[str, ApiKey]] = []

    def make() -> Reply:
        old = find_key(store, key_id, caller.workspace)
        if old is not None:
            demand_grant(caller, old.scopes, old.teams)
            demand_no_longer(caller, old.expires_at)
            demand_no_limit(caller, key_id)
        overlap = timedelta(hours=given.overlap_hours)
        made.append(rotate_key(store, caller.workspace, key_id, overlap, latest=caller.expires_at))
        return Reply(201, KeyOut.of(made[0][1]).model_dump(mode="json"))

    Once(store, None, "").run(caller.workspace, make)
    return _shown_once(*made[0])


@router.delete(
    "/{key_id}",
    operation_id="revoke_key",
    summary="Revoke a key",
    response_model=KeyOut,
    responses=documented(400, 401, 403, 404, 409, 422, 500, 503),
)
def revoke(
    key_id: KeyId, store: StoreDep, once: OnceDep, caller: Annotated[Caller, permitted("revoke_key")]
) -> Response:
    """Make a key invalid, at once and for ever; its sessions in the console end."""

    def end() -> Reply:
        key = find_key(store, key_id, caller.workspace)
        if key is None:
            raise NotFoundError("Got a key id that this workspace does not have; GET /v1/keys lists them.")
        revoke_key(store, caller.workspace, key_id, datetime.now(UTC))
        ended = find_key(store, key_id, caller.workspace)
        return Reply(200, KeyOut.of(ended or key).model_dump(mode="json"))

    return answer(once.run(caller.workspace, end))


def _shown_once(token: str, key: ApiKey) -> JSONResponse:
    return JSONResponse(NewKeyOut(token=token, key=KeyOut.of(key)).model_dump(mode="json"), 201)
