"""What waits to be done in the whole store: runs and messages. Counts; names no workspace."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from triage.store.database import Store
from triage.store.runs import ACTIVE
from triage.store.schema import runs
from triage.store.scope import Across
from triage.store.sla_tables import outbox

__all__ = ["Waiting", "count_waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits.

    Parameters
    ----------
    queued, running : int
        Runs by state.
    queued_since : datetime or None
        When the oldest of the queued was asked for.
    last_progress : datetime or None
        When the running one that moved least lately moved.
    messages : int
        Messages to webhook endpoints that are neither delivered nor given up.
    due_since : datetime or None
        When the oldest of these was to be sent.
    """

    queued: int = 0
    running: int = 0
    queued_since: datetime | None = None
    last_progress: datetime | None = None
    messages: int = 0
    due_since: datetime | None = None

    def oldest_seconds(self, now: datetime | None = None) -> float:
        """How long the oldest queued run waits, 0 where none does."""
        if self.queued_since is None:
            return 0.0
        return max(0.0, ((now or datetime.now(UTC)) - self.queued_since).total_seconds())


def count_waiting(store: Store) -> Waiting:
    """Count what waits in all workspaces."""
    by_state = (
        select(runs.c.state, func.count(), func.min(runs.c.created_at), func.min(runs.c.updated_at))
        .where(runs.c.state.in_(ACTIVE))
        .group_by(runs.c.state)
    )
    unsent = select(func.count(), func.min(outbox.c.next_attempt_at)).where(
        outbox.c.delivered_at.is_(None), outbox.c.given_up_at.is_(None)
    )
    with store.reading(Across.CHORES) as connection:
        found = {row[0]: row for row in connection.execute(by_state)}
        messages, due_since = connection.execute(unsent).one()
    queued, running = found.get("queued"), found.get("running")
    return Waiting(
        queued=queued[1] if queued else 0,
        running=running[1] if running else 0,
        queued_since=queued[2] if queued else None,
        last_progress=running[3] if running else None,
        messages=messages,
        due_since=due_since,
    )
