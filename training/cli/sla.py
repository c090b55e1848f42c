"""``triage sla``: promises of time: policies, what is due, what was kept, who is told."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from training.cli import sla_endpoints
from training.cli.sla_output import AsJson, Limit, StoreUrl, Workspace, opened_store, print_json, print_rows

if TYPE_CHECKING:
    from triage.sla.report import DueTicket
    from triage.store.sla_events import Notice

__all__ = ["app"]

app = typer.Typer(
    help="Promises of time: policies, what is due, what was kept, who is told.", no_args_is_help=True
)
app.add_typer(sla_endpoints.app, name="endpoints")


class Order(StrEnum):
    """In which order promises are listed."""

    DUE = "due"
    DANGER = "danger"


class State(StrEnum):
    """How a promise stands."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"


class Group(StrEnum):
    """What kept promises are counted by."""

    POLICY = "policy"
    PRIORITY = "priority"
    TEAM = "team"
    MONTH = "month"


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
    with opened_store(store) as opened:
        stored = write_book(opened, workspace, book, "triage sla import")
    if as_json:
        print_json({"version": stored.version, **book.to_document()})
    else:
        typer.echo(f"{len(book.policies)} policies, version {stored.version}.")


@app.command()
def show(workspace: Workspace = "default", store: StoreUrl = None, as_json: AsJson = False) -> None:
    """Show the policies as they stand, in their order: the first that holds for a ticket is its policy."""
    from triage.sla.span import write_span
    from triage.store.sla_books import read_book

    with opened_store(store) as opened:
        stored = read_book(opened, workspace)
    if as_json:
        print_json({"version": stored.version, **stored.book.to_document()})
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
    print_rows(f"Promises of workspace {workspace}", headings, rows)


@app.command()
def due(
    workspace: Workspace = "default",
    store: StoreUrl = None,
    state: Annotated[State | None, typer.Option(help="Only these; by default all.")] = None,
    team: Annotated[str | None, typer.Option(help="Only this team's.")] = None,
    assignee: Annotated[str | None, typer.Option(help="Only this agent's.")] = None,
    policy: Annotated[str | None, typer.Option(help="Only of this policy.")] = None,
    order: Annotated[
        Order,
        typer.Option(
            help="due: the next to run out first; danger: what can still be saved, endangered first."
        ),
    ] = Order.DUE,
    limit: Limit = 30,
    as_json: AsJson = False,
) -> None:
    """List the promises still to be kept."""
    from triage.sla.standing import PromiseState
    from triage.store.sla_books import read_book
    from triage.store.sla_overview import DueWanted, list_due

    now = _now()
    wanted = DueWanted(None if state is None else PromiseState(state.value), team, assignee, policy)
    with opened_store(store) as opened:
        book = read_book(opened, workspace).book
        found, counts = list_due(
            opened, workspace, book, now=now, wanted=wanted, is_rescue=order is Order.DANGER, limit=limit
        )
    if as_json:
        told = {one.value: count for one, count in counts.items()}
        print_json({"as_of": now, "counts": told, "promises": [_due_document(one) for one in found]})
        return
    rows = [
        [
            one.ticket_id,
            one.target.value,
            f"{one.due_at:%Y-%m-%d %H:%M} UTC",
            "" if one.state is PromiseState.RUNNING else one.state.value,
            f"{one.share_gone:.0%}",
            "-" if one.breach_probability is None else f"{one.breach_probability:.0%}",
            one.policy,
            one.priority or "-",
            one.assignee or one.team or "-",
        ]
        for one in found
    ]
    if not any(counts.values()):
        typer.echo(_nothing(workspace, "No promise is to be kept", has_policies=bool(book.policies)))
        return
    headings = ("ticket", "target", "due", "", "time gone", "likely missed", "policy", "priority", "with")
    totals = ", ".join(f"{count:,} {one.value}" for one, count in counts.items())
    print_rows(f"Due in workspace {workspace}: {totals}", headings, rows)


@app.command()
def report(
    workspace: Workspace = "default",
    store: StoreUrl = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="Only tickets filed in the last so many days.")
    ] = None,
    by: Annotated[
        list[Group] | None,
        typer.Option(help="What is counted apart, several times; by default the policy.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count which promises were kept, first answers and solutions apart."""
    from dataclasses import asdict
    from datetime import timedelta

    from triage.store.sla_books import read_book
    from triage.store.sla_overview import report_kept

    now = _now()
    since = None if days is None else now - timedelta(days=days)
    wanted = list(dict.fromkeys(one.value for one in by or [Group.POLICY]))
    with opened_store(store) as opened:
        book = read_book(opened, workspace).book
        found = report_kept(opened, workspace, book=book, since=since, by=wanted, now=now)  # type: ignore[arg-type]
    if as_json:
        groups = [asdict(one) | {"share_kept": one.share_kept} for one in found]
        print_json({"since": since, "until": None, "as_of": now, "by": wanted, "groups": groups})
        return
    if not found:
        typer.echo(_nothing(workspace, "No promise was made yet", has_policies=bool(book.policies)))
        return
    rows = [
        [
            *(getattr(one, name) or "-" for name in wanted),
            one.target.value,
            f"{one.kept:,}",
            f"{one.missed:,}",
            f"{one.running:,}",
            "-" if one.share_kept is None else f"{one.share_kept:.1%}",
        ]
        for one in found
    ]
    headings = (*wanted, "target", "kept", "missed", "running", "kept of those over")
    print_rows(f"Promises of workspace {workspace}", headings, rows)


def _nothing(workspace: str, told: str, *, has_policies: bool) -> str:
    if has_policies:
        return f"{told} in workspace {workspace}."
    return f"Workspace {workspace} has no policies. Set them with: triage sla import FILE"


@app.command()
def events(
    workspace: Workspace = "default",
    store: StoreUrl = None,
    unseen: Annotated[bool, typer.Option("--unseen", help="Only those nobody has seen.")] = False,
    limit: Limit = 30,
    as_json: AsJson = False,
) -> None:
    """List the reminders, escalations and breaches that were raised, newest first."""
    from triage.store.sla_events import count_unseen, list_notices

    with opened_store(store) as opened:
        found = list_notices(opened, workspace, only_unseen=unseen, limit=limit)
        left = count_unseen(opened, workspace)
    if as_json:
        print_json({"unseen": left, "notices": [_notice_document(one) for one in found]})
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
            one.event.event_id,
        ]
        for one in found
    ]
    headings = ("fell due", "event", "target", "ticket", "policy", "for", "", "id")
    print_rows(f"Events of workspace {workspace}: {left:,} unseen", headings, rows)


@app.command()
def seen(
    event_ids: Annotated[list[str], typer.Argument(help="As `triage sla events` shows them.")],
    workspace: Workspace = "default",
    store: StoreUrl = None,
    actor: Annotated[str, typer.Option("--by", help="Who has seen them.")] = "triage sla seen",
    as_json: AsJson = False,
) -> None:
    """Say that events were seen; who saw one first stays."""
    from triage.store.sla_events import mark_seen

    with opened_store(store) as opened:
        count, found = mark_seen(opened, workspace, event_ids, actor, now=_now())
    if as_json:
        print_json({"acknowledged": count, "notices": [_notice_document(one) for one in found]})
    else:
        typer.echo(f"{count} of {len(found)} had not been seen before.")


def _due_document(one: DueTicket) -> dict[str, Any]:
    from dataclasses import asdict
    from datetime import timedelta

    document = asdict(one) | {"minutes_left": one.left / timedelta(minutes=1), "exposure": one.exposure}
    del document["left"]
    return document


def _notice_document(one: Notice) -> dict[str, Any]:
    from dataclasses import asdict

    facts = {"raised_at": one.raised_at, "seen_at": one.seen_at, "seen_by": one.seen_by}
    return asdict(one.event) | facts


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime.now(UTC)
