"""Records that became too old by the policy: counted, and removed in batches of one transaction each.

Nothing has to be remembered between batches: what is removed is gone, and whoever begins again goes on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, func, or_, select

from triage.erasure import ErasureKeys
from triage.privacy import Kept, PrivacyPolicy
from triage.store.assignments import DONE
from triage.store.database import Store
from triage.store.erase import erase
from triage.store.helping_tables import suggestion_feedback, suggestions
from triage.store.incident_tables import incident_tickets, incidents
from triage.store.planner_tables import volume_alerts
from triage.store.runs import ACTIVE
from triage.store.schema import decisions, feedback, runs, snapshot_rows, snapshots, tickets
from triage.store.sla_tables import outbox, sla_events
from triage.ticket import Ticket

__all__ = ["Overdue", "apply_retention", "overdue_records"]

BATCH = 500
"""Records in one transaction: other writers wait for so many at most."""


@dataclass(frozen=True, slots=True)
class Overdue:
    """How many records of a kind are older than they may be: from before ``before``."""

    kind: Kept
    days: int
    before: datetime
    records: int


@dataclass(frozen=True, slots=True)
class _Kind:
    """Where records of a kind stand, since when they count, which may go, and what hangs on them."""

    table: Table
    since: ColumnElement[Any]
    may_go: ColumnElement[bool] | None = None
    below: tuple[Table, ...] = ()

    @property
    def key(self) -> Column[Any]:
        """What names a record within its workspace."""
        (name,) = (one for one in self.table.primary_key if one.name != "workspace")
        return name


def _is_followed(table: Table, by: Column[Any]) -> ColumnElement[bool]:
    """Tell the rows that a newer one of the same workspace and sort has followed."""
    other = table.alias()
    return (
        select(1)
        .where(
            other.c.workspace == table.c.workspace,
            other.c[by.name] == by,
            other.c.created_at > table.c.created_at,
        )
        .exists()
    )


_KINDS = {
    Kept.TICKETS: _Kind(
        tickets,
        func.coalesce(tickets.c.closed_at, tickets.c.resolved_at, tickets.c.created_at, tickets.c.updated_at),
        or_(
            tickets.c.closed_at.is_not(None),
            tickets.c.resolved_at.is_not(None),
            tickets.c.status.is_(None),
            func.lower(tickets.c.status).in_(DONE),
        ),
    ),
    Kept.DECISIONS: _Kind(decisions, decisions.c.created_at, None, (feedback,)),
    Kept.SUGGESTIONS: _Kind(suggestions, suggestions.c.created_at, None, (suggestion_feedback,)),
    Kept.MESSAGES: _Kind(outbox, outbox.c.created_at, outbox.c.next_attempt_at.is_(None)),
    Kept.NOTICES: _Kind(sla_events, sla_events.c.raised_at),
    Kept.INCIDENTS: _Kind(incidents, incidents.c.last_at, None, (incident_tickets,)),
    Kept.ALERTS: _Kind(volume_alerts, volume_alerts.c.raised_at),
    # The newest is what people look at, and what the next one of the night follows.
    Kept.FORECASTS: _Kind(
        snapshots, snapshots.c.created_at, _is_followed(snapshots, snapshots.c.interval), (snapshot_rows,)
    ),
    Kept.RUNS: _Kind(
        runs, runs.c.created_at, and_(runs.c.state.not_in(ACTIVE), _is_followed(runs, runs.c.kind))
    ),
}


def overdue_records(
    store: Store, workspace: str, policy: PrivacyPolicy, *, now: datetime | None = None
) -> list[Overdue]:
    """Count what :func:`apply_retention` would remove, by kind; kinds that are kept for ever are left out."""
    moment = now or datetime.now(UTC)
    found = []
    for kind, days in policy.retention.items():
        before = moment - timedelta(days=days)
        query = select(func.count()).select_from(_KINDS[kind].table)
        with store.reading(workspace) as connection:
            records = int(connection.scalar(query.where(*_overdue(kind, workspace, before))) or 0)
        found.append(Overdue(kind, days, before, records))
    return found


def apply_retention(
    store: Store,
    workspace: str,
    policy: PrivacyPolicy,
    *,
    keys: ErasureKeys,
    text_key: Callable[[Ticket], str],
    note: Callable[[Overdue], object],
    now: datetime | None = None,
) -> Iterator[Overdue]:
    """Remove what is too old, a batch at a time; go on with the iterator for the next.

    Parameters
    ----------
    store, workspace
        Where.
    policy : PrivacyPolicy
        Says how long what is kept.
    keys, text_key
        As for :func:`triage.store.erase.erase`: of tickets everything goes, but they are not kept out.
    note : callable
        Told each batch in its transaction, for the audit log.
    now : datetime, optional
        By default this moment.

    Yields
    ------
    Overdue
        What was removed by a batch, after its commit.
    """
    moment = now or datetime.now(UTC)
    for kind, days in policy.retention.items():
        before, last = moment - timedelta(days=days), ""
        while True:
            with store.writing(workspace) as connection:
                here = _KINDS[kind]
                wanted = [*_overdue(kind, workspace, before), here.key > last]
                batch = select(here.key).where(*wanted).order_by(here.key).limit(BATCH)
                names = list(connection.scalars(batch))
                if not names:
                    break
                if kind is Kept.TICKETS:
                    erase(
                        store,
                        workspace,
                        keys=keys,
                        text_key=text_key,
                        ticket_ids=names,
                        remembered=False,
                        now=moment,
                    )
                else:
                    for table in here.below:
                        connection.execute(delete(table).where(table.c[here.key.name].in_(names)))
                    connection.execute(delete(here.table).where(here.key.in_(names)))
                done = Overdue(kind, days, before, len(names))
                note(done)
                last = names[-1]
            yield done


def _overdue(kind: Kept, workspace: str, before: datetime) -> list[ColumnElement[bool]]:
    here = _KINDS[kind]
    wanted = [here.table.c.workspace == workspace, here.since < before]
    return wanted if here.may_go is None else [*wanted, here.may_go]
