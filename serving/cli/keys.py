"""``triage keys``: who may call the server."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table
from serving.roles import Role

if TYPE_CHECKING:
    from triage.store.keys import ApiKey

__all__ = ["app"]

app = typer.Typer(help="Make, list, replace and revoke the keys that open the server.", no_args_is_help=True)

MINUTES = "%Y-%m-%d %H:%M"


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key may do; docs/api.md has the table.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    workspace: Workspace = "default",
    days: Annotated[int | None, typer.Option(help="Days until it expires; by default never.", min=1)] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="Operation id that it is held to, * for any part (triage_*); several times. By default all "
            "of its role.",
            show_default=False,
        ),
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option(
            help="Team whose tickets it reaches; several times; by default all.", show_default=False
        ),
    ] = None,
    per_minute: Annotated[
        int | None,
        typer.Option(
            help="Requests it may make a minute, each ticket of a batch counting as one; by default as many "
            "as are answered.",
            min=1,
            max=1_000_000,
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown this once."""
    from serving.api_keys import create_key
    from serving.cli.record import record
    from serving.schemas.keys import KeyOut

    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with opened_store() as store, store.writing(workspace):
        token, key = create_key(
            store, workspace, name, role, expires_at, scopes=scope, teams=team, per_minute=per_minute
        )
        told = KeyOut.of(key).model_dump(mode="json")
        record(store, workspace, "create_key", f"key/{key.key_id}", told, facts={"role": role.value})
    _tell(token, key, as_json)


@app.command()
def rotate(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `triage keys list` shows it.")],
    workspace: Workspace = "default",
    hours: Annotated[int, typer.Option(help="How long the old key still works.", min=0, max=8760)] = 168,
    as_json: AsJson = False,
) -> None:
    """Make a key that takes another's place; both work for a while, at most two at once."""
    from serving.api_keys import rotate_key
    from serving.cli.record import record
    from serving.schemas.keys import KeyOut

    with opened_store() as store, store.writing(workspace):
        token, key = rotate_key(store, workspace, key_id, timedelta(hours=hours))
        told = KeyOut.of(key).model_dump(mode="json")
        record(store, workspace, "rotate_key", f"key/{key_id}", told, facts={"successor": key.key_id})
    _tell(token, key, as_json)


@app.command("list")
def list_all(
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Only this one's; by default all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the keys, revoked ones too."""
    from serving.schemas.keys import KeyListOut, KeyOut
    from triage.store.keys import list_keys

    with opened_store() as store:
        keys = list_keys(store, workspace)
    if as_json:
        show(KeyListOut(keys=[KeyOut.of(key) for key in keys]))
        return
    rows = [
        (
            key.key_id,
            key.workspace,
            key.role,
            key.name,
            ", ".join(key.scopes or ["all"]),
            str(key.per_minute or "any"),
            key.created_at.strftime(MINUTES),
            key.last_used_at.strftime(MINUTES) if key.last_used_at else "never",
            _state(key.revoked_at, key.expires_at),
        )
        for key in keys
    ]
    columns = ("key", "workspace", "role", "name", "scopes", "a minute", "made", "last used", "state")
    show_table(columns, rows, "There are no keys. Make one with: triage keys create --role admin --name me")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `triage keys list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Make a key invalid, at once and for ever."""
    from serving.cli.record import record
    from serving.schemas.keys import KeyOut
    from triage.errors import NotFoundError
    from triage.store.keys import find_key, revoke_key

    with opened_store() as store:
        key = find_key(store, key_id)
        if key is None:
            raise NotFoundError(f"Got key id {key_id!r}; expected one that `triage keys list` shows.")
        with store.writing(key.workspace):
            done = revoke_key(store, key.workspace, key_id, datetime.now(UTC))
            key = find_key(store, key_id, key.workspace) or key
            if done:
                told = KeyOut.of(key).model_dump(mode="json")
                record(store, key.workspace, "revoke_key", f"key/{key_id}", told)
    if as_json:
        show(KeyOut.of(key))
        return
    typer.echo(f"Key {key_id} is revoked." if done else f"Key {key_id} was revoked before; nothing changed.")


def _tell(token: str, key: "ApiKey", as_json: bool) -> None:
    from serving.schemas.keys import KeyOut, NewKeyOut

    if as_json:
        show(NewKeyOut(token=token, key=KeyOut.of(key)))
        return
    typer.echo(token)
    typer.echo(
        f"Key {key.key_id} opens workspace {key.workspace} as {key.role}. Keep it: it is not shown again.",
        err=True,
    )


def _state(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    if revoked_at is not None:
        return "revoked"
    if expires_at is None:
        return "valid"
    return "expired" if expires_at < datetime.now(UTC) else f"until {expires_at.strftime(MINUTES)}"
