"""``triage store``: bring the database up to date, make its role, encrypt it; the zones of workspaces."""

import sys
from typing import Annotated

import typer

from serving.cli.output import Workspace, opened_store
from triage.store import Store

__all__ = ["app"]

app = typer.Typer(
    help="Bring the database up to date; make the PostgreSQL role that servers connect as; encrypt it; put a "
    "workspace into another time zone.",
    no_args_is_help=True,
)


@app.command()
def migrate() -> None:
    """Bring the tables up to date. On PostgreSQL: as their owner, with $TRIAGE_STORE naming that role."""
    with opened_store() as store:
        typer.echo(f"The tables stand at {store.revision()}.")


@app.command()
def role(
    name: Annotated[str, typer.Argument(help="The role; it is made where there is none.")],
    stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read its password from standard input.")
    ] = False,
) -> None:
    """Let a PostgreSQL role work with the rows and nothing else: what servers and workers should connect as.

    Run it as the tables' owner, and again after an upgrade if you like. Row-level security then holds every
    transaction to its workspace.
    """
    from triage.store.app_role import make_role

    password = sys.stdin.readline().rstrip("\r\n") if stdin else None
    with opened_store() as store:
        is_new = make_role(store, name, password)
    typer.echo(
        f"The role {name} {'was made' if is_new else 'was there'} and may work with the rows. Let servers "
        "and workers connect as it: name it in their $TRIAGE_STORE."
    )


@app.command()
def zone(
    name: Annotated[
        str | None, typer.Argument(help="An IANA name such as Europe/Berlin; without one it is shown.")
    ] = None,
    workspace: Workspace = "default",
) -> None:
    """Show a workspace's time zone, or put the workspace into another one.

    Shifts without a zone, the days of volume, spikes and pages follow with the next look, and a forecast
    is asked for anew where there was one. Stored moments stay: tickets, absences and published forecasts
    as they were read; so do the zones of agents, of the SLA book's calendars (due times go by those) and of
    the staffing setup.
    """
    from serving.cli.record import operator, record
    from serving.zone_change import move_workspace
    from triage.store.workspaces import get_workspace

    with opened_store() as store:
        if name is None:
            place = get_workspace(store, workspace)
            told = "" if place.zone_told else " (nobody said another one)"
            typer.echo(f"Workspace {workspace} is in {place.zone}{told}.")
            return
        with store.writing(workspace):
            done = move_workspace(store, workspace, name, operator())
            facts = {"zone": name, "previous": done.previous}
            record(store, workspace, "change_zone", "workspace", {"zone": name}, facts=facts)
    typer.echo(f"Workspace {workspace} is in {name} now (before: {done.previous}).")
    if done.previous != name:
        typer.echo("What was read stays: days off of calendars too, until those are imported again.")
    if done.is_forecast:
        typer.echo("A forecast with days of this zone was asked for; `triage worker` makes it.")
    if done.overrides:
        typer.echo(f"{done.overrides:,} planners' figures stand at days of {done.previous}: make them anew.")
    if done.calendars:
        typer.echo(
            f"Due times do not change: these calendars of the SLA book have another zone of their own: "
            f"{', '.join(done.calendars)}. `triage sla import` sets others."
        )
    if done.staffing_zone:
        typer.echo(f"The staffing setup is in {done.staffing_zone}; change it on the page Staffing.")


Compact = Annotated[
    bool,
    typer.Option("--compact", help="Rewrite what held it in the clear: minutes in which nobody writes."),
]


@app.command()
def seal(compact: Compact = False) -> None:
    """Encrypt with the present key what lies in the clear and should not, and what an older key sealed.

    What should not is what $TRIAGE_ENCRYPT says: `secrets` (the default) or `texts`. In small batches while
    servers run; killed, it goes on where it was when it is called again.
    """
    from triage.store.sealing_keys import check_keys, expect_keys

    with opened_store() as store:
        expect_keys(store)  # Before a key is made where the right one lacks.
        check_keys(store)
        _seal(store, compact)


@app.command()
def rekey(compact: Compact = False) -> None:
    """Make a new key and encrypt everything with it; the earlier ones stay and go on to open.

    For keys in the home folder's encryption.key. Others you put in place yourself, the new one first, and
    call `triage store seal`. Killed, `triage store seal` does the rest.
    """
    from serving.cli.record import record
    from triage.signing import signing_key
    from triage.store.audit import AuditLog
    from triage.store.sealing_keys import check_keys, expect_keys

    with opened_store() as store:
        expect_keys(store)
        check_keys(store)
        key_id = store.sealer.keyring.add()
        typer.echo(f"Key {key_id} seals from now on. Keep a copy of {store.sealer.keyring.place}, apart.")
        for workspace in AuditLog(store, signing_key()).workspaces():
            record(store, workspace, "make_encryption_key", key_id, {"key": key_id}, facts={"key": key_id})
        _seal(store, compact)


@app.command()
def unseal() -> None:
    """Put what $TRIAGE_ENCRYPT=texts encrypted into the clear again; addresses of endpoints stay encrypted.

    Take the variable away from servers, workers and this command first, and start those anew. In small
    batches while they run; killed, it goes on where it was when it is called again. Keep the key: backups of
    before need it, and so does what stays encrypted.
    """
    from rich.console import Console
    from rich.progress import Progress

    from serving.cli.record import record
    from triage.signing import signing_key
    from triage.store.audit import AuditLog
    from triage.store.sealing_keys import check_keys, expect_keys
    from triage.store.sealing_pass import expect_secrets_only, sealed_against_will, unseal_all

    with opened_store() as store:
        expect_secrets_only(store)
        expect_keys(store)
        check_keys(store)
        for workspace in AuditLog(store, signing_key()).workspaces():
            record(store, workspace, "unseal_texts", "store", {"encrypted": store.sealer.extent.value})
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("Opening", total=None)
            done = unseal_all(store, tell=lambda rows: progress.advance(task, rows))
        left = sealed_against_will(store)
    typer.echo(f"Put {sum(done.values()):,} rows into the clear.")
    if left:
        told = ", ".join(f"{count:,} of {column}" for column, count in left.items())
        typer.echo(
            f"Encrypted meanwhile: {told}. A server or worker still has TRIAGE_ENCRYPT=texts: start it anew "
            "without, then call this again."
        )


def _seal(store: Store, compact: bool) -> None:
    from rich.console import Console
    from rich.progress import Progress

    from triage.store.compact import clear_log, clear_pages
    from triage.store.sealing_keys import keys_in_use
    from triage.store.sealing_pass import seal_all

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Encrypting", total=None)
        done = seal_all(store, tell=lambda rows: progress.advance(task, rows))
    if compact:
        clear_pages(store)
        is_clean = True
    else:
        is_clean = clear_log(store)
    typer.echo(f"Encrypted {sum(done.values()):,} rows.")
    if not is_clean:
        typer.echo("Pages of the database may still hold what they held: --compact rewrites them.")
    older = [one for one in store.sealer.keyring.ids[1:] if one not in keys_in_use(store)]
    if older:
        typer.echo(f"Nothing here needs {', '.join(older)} any more; backups of before do.")
