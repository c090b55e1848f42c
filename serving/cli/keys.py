"""``triage keys``: who may call the server."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from serving.cli.output import AsJson, Workspace, opened_store, show, show_table
from serving.roles import Role

__all__ = ["app"]

app = typer.Typer(help="Make, list and revoke the keys that open the server.", no_args_is_help=True)

MINUTES = "%Y-%m-%d %H:%M"


@app.command()
def create(
    role: Annotated[Role, typer.Option(help="What the key may do; docs/api.md has the table.")],
    name: Annotated[str, typer.Option(help="What the key is for.")],
    workspace: Workspace = "default",
    days: Annotated[int | None, typer.Option(help="Days until it expires; by default never.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown this once."""
    from serving.auth import create_key
    from serving.schemas.keys import KeyOut, NewKeyOut

    expires_at = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with opened_store() as store:
        token, key = create_key(store, workspace, name, role, expires_at)
    if as_json:
        show(NewKeyOut(token=token, key=KeyOut.of(key)))
        return
    typer.echo(token)
    typer.echo(
        f"Key {key.key_id} opens workspace {workspace} as {role.value}. Keep it now: it is not shown again.",
        err=True,
    )


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
            key.created_at.strftime(MINUTES),
            key.last_used_at.strftime(MINUTES) if key.last_used_at else "never",
            _state(key.revoked_at, key.expires_at),
        )
        for key in keys
    ]
    columns = ("key", "workspace", "role", "name", "made", "last used", "state")
    show_table(columns, rows, "There are no keys. Make one with: triage keys create --role admin --name me")


@app.command()
def revoke(
    key_id: Annotated[str, typer.Argument(help="The key's id, as `triage keys list` shows it.")],
    as_json: AsJson = False,
) -> None:
    """Make a key invalid, at once and for ever."""
    from serving.schemas.keys import KeyOut
    from triage.errors import NotFoundError
    from triage.store.keys import find_key, revoke_key

    with opened_store() as store:
        done = revoke_key(store, key_id, datetime.now(UTC))
        key = find_key(store, key_id)
    if key is None:
        raise NotFoundError(f"Got key id {key_id!r}; expected one that `triage keys list` shows.")
    if as_json:
        show(KeyOut.of(key))
        return
    typer.echo(f"Key {key_id} is revoked." if done else f"Key {key_id} was revoked before; nothing changed.")


def _state(revoked_at: datetime | None, expires_at: datetime | None) -> str:
    if revoked_at is not None:
        return "revoked"
    if expires_at is None:
        return "valid"
    return "expired" if expires_at < datetime.now(UTC) else f"until {expires_at.strftime(MINUTES)}"
