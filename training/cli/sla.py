"""``triage sla``: promises of time: policies, what is due, what was kept, who is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from triage.store import Store

__all__ = ["app"]

app = typer.Typer(
    help="Promises of time: policies, what is due, what was kept, who is told.", no_args_is_help=True
)
endpoints = typer.Typer(help="Where events of promises are sent.", no_args_is_help=True)
app.add_typer(endpoints, name="endpoints")

WIDTH = 160

Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace.")]
StoreUrl = Annotated[str | None, typer.Option("--store", help="Database URL; by default $TRIAGE_STORE.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="TOML, or CSV with a policy a line.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
    as_json: AsJson = False,
) -> None:
    """Set the policies of a workspace in place of those that stand; servers follow with the next request.

    Nothing that fell due before the first policies were set is told to anybody.
    """
    from training.sla.read_book import read_book_file
    from triage.store.sla_books import write_book

    book = read_book_file(file)
    with _opened(store) as opened:
        stored = write_book(opened, workspace, book, "triage sla import")
    if as_json:
        _print_json({"version": stored.version, **book.to_document()})
    else:
        typer.echo(f"{len(book.policies)} policies, version {stored.version}.")


@app.command()
def show(workspace: Workspace = "default", store: StoreUrl = None, as_json: AsJson = False) -> None:
    """Show the policies as they stand, in their order: the first that holds for a ticket is its policy."""
    from triage.sla.span import write_span
    from triage.store.sla_books import read_book

    with _opened(store) as opened:
        stored = read_book(opened, workspace)
    if as_json:
        _print_json({"version": stored.version, **stored.book.to_document()})
        return
    rows = []
    for one in stored.book.policies:
        calendar = stored.book.calendar_of(one)
        wanted = [", ".join(sorted(part)) for part in (one.priorities, one.organizations, one.categories)]
        spans = [write_span(span) if span else "-" for span in (one.response, one.resolution)]
        rows.append(
            [one.name, *(part or "any" for part in wanted), *spans, f"{calendar.hours} {calendar.zone}"]
        )
    headings = ("policy", "priority", "organization", "category", "response", "resolution", "hours")
    _print_table(f"Promises of workspace {workspace}", headings, rows)


@app.command()
def due(
    workspace: Workspace = "default", store: StoreUrl = None, limit: Limit = 30, as_json: AsJson = False
) -> None:
    """List the promises still to be kept, the next to run out first."""
    from triage.store.sla_overview import list_due

    now = _now()
    with _opened(store) as opened:
        found = list_due(opened, workspace, now=now, limit=limit)
    if as_json:
        _print_json([_plain(one) | {"is_overdue": one.is_overdue(now)} for one in found])
        return
    rows = [
        [
            one.ticket_id,
            one.target.value,
            f"{one.due_at:%Y-%m-%d %H:%M} UTC",
            "paused" if one.is_paused else "overdue" if one.is_overdue(now) else "",
            one.policy,
            one.priority or "-",
            one.assignee or one.team or "-",
        ]
        for one in found
    ]
    headings = ("ticket", "target", "due", "", "policy", "priority", "with")
    _print_table(f"Due in workspace {workspace}", headings, rows)


@app.command()
def report(
    workspace: Workspace = "default",
    store: StoreUrl = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Only tickets filed in the last so many days.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count by policy which promises were kept."""
    from datetime import timedelta

    from triage.store.sla_overview import report_kept

    now = _now()
    since = None if days is None else now - timedelta(days=days)
    with _opened(store) as opened:
        found = report_kept(opened, workspace, since=since, now=now)
    if as_json:
        _print_json([_plain(one) for one in found])
        return
    rows = [
        [
            one.policy,
            one.target.value,
            f"{one.kept:,}",
            f"{one.broken:,}",
            f"{one.waiting:,}",
            f"{one.kept / (one.kept + one.broken):.1%}" if one.kept + one.broken else "-",
        ]
        for one in found
    ]
    headings = ("policy", "target", "kept", "broken", "running", "kept of those over")
    _print_table(f"Promises of workspace {workspace}", headings, rows)


@app.command()
def events(
    workspace: Workspace = "default",
    store: StoreUrl = None,
    unseen: Annotated[bool, typer.Option("--unseen", help="Only those nobody has seen.")] = False,
    limit: Limit = 30,
    as_json: AsJson = False,
) -> None:
    """List the reminders, escalations and breaches that were raised, newest first."""
    from triage.store.sla_events import list_notices

    with _opened(store) as opened:
        found = list_notices(opened, workspace, only_unseen=unseen, limit=limit)
    if as_json:
        seen = [{"raised_at": one.raised_at, "seen_at": one.seen_at, "seen_by": one.seen_by} for one in found]
        _print_json([_plain(one.event) | facts for one, facts in zip(found, seen, strict=True)])
        return
    rows = [
        [
            f"{one.event.fell_due_at:%Y-%m-%d %H:%M} UTC",
            one.event.kind.value,
            one.event.target.value,
            one.event.ticket_id,
            one.event.policy,
            one.event.recipient or one.event.to,
            "" if one.seen_at is None else f"seen by {one.seen_by}",
        ]
        for one in found
    ]
    headings = ("fell due", "event", "target", "ticket", "policy", "for", "")
    _print_table(f"Events of workspace {workspace}", headings, rows)


@endpoints.command("add")
def add_endpoint(
    url: Annotated[str, typer.Argument(help="Where to; its host must be on $TRIAGE_WEBHOOK_HOSTS.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
    as_json: AsJson = False,
) -> None:
    """Add a receiver, and print the secret by which it verifies what it gets (Standard Webhooks)."""
    from training.worker.deliver import allowed_hosts, check_url
    from triage.signing import signing_key
    from triage.store import outbox
    from triage.webhook_signature import endpoint_secret

    check_url(url, allowed_hosts())
    with _opened(store) as opened:
        made = outbox.add_endpoint(opened, workspace, url)
    secret = endpoint_secret(signing_key(), made.endpoint_id)
    if as_json:
        _print_json({"endpoint_id": made.endpoint_id, "url": url, "secret": secret})
    else:
        typer.echo(f"Endpoint {made.endpoint_id}\nSecret   {secret}")


@endpoints.command("list")
def list_endpoints(workspace: Workspace = "default", store: StoreUrl = None, as_json: AsJson = False) -> None:
    """List the receivers and what has gone to them last."""
    from triage.store import outbox

    with _opened(store) as opened:
        found = outbox.list_endpoints(opened, workspace)
        messages = outbox.list_messages(opened, workspace, limit=1_000)
    counts = {
        one.endpoint_id: {
            "delivered": sum(
                m.delivered_at is not None for m in messages if m.endpoint_id == one.endpoint_id
            ),
            "waiting": sum(
                m.next_attempt_at is not None for m in messages if m.endpoint_id == one.endpoint_id
            ),
            "given_up": sum(m.given_up_at is not None for m in messages if m.endpoint_id == one.endpoint_id),
        }
        for one in found
    }
    if as_json:
        _print_json([_plain(one) | counts[one.endpoint_id] for one in found])
        return
    rows = [
        [one.endpoint_id, one.url, *map(str, counts[one.endpoint_id].values()), one.disabled_because or ""]
        for one in found
    ]
    headings = ("endpoint", "url", "delivered", "waiting", "given up", "disabled because")
    _print_table(f"Endpoints of workspace {workspace}", headings, rows)


@endpoints.command("disable")
def disable_endpoint(
    endpoint_id: Annotated[str, typer.Argument(help="As `triage sla endpoints list` shows it.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
) -> None:
    """Send nothing more to a receiver."""
    from triage.store import outbox

    with _opened(store) as opened:
        outbox.disable_endpoint(opened, workspace, endpoint_id, "disabled by hand")
    typer.echo(f"Endpoint {endpoint_id} gets nothing more.")


@contextmanager
def _opened(url: str | None) -> Iterator[Store]:
    from triage.home import store_url
    from triage.store import open_store

    store = open_store(url or store_url())
    try:
        yield store
    finally:
        store.close()


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _plain(one: Any) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one)


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, default=lambda one: one.isoformat()))


def _print_table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=escape(title))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    console = Console()
    if not console.is_terminal:  # a file or another program
        console.width = WIDTH
    console.print(table)
