"""Watches the tickets of all workspaces for bursts of look-alikes, and keeps suspected incidents.

In the worker rather than in the request path: tickets come by HTTP, webhooks and imports, and all are seen;
one process raises, so that nothing is raised twice; and no request waits for it. What is counted lies in
memory and is made anew from the store after a start, so the store is all that has to survive.
"""

import logging
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy.exc import DBAPIError

from features.ticket_sight import sight
from features.word_bursts import RETAINED_DAYS, WordBursts
from triage.errors import TriageError
from triage.incident import Incident, IncidentState, Sighting
from triage.incident_watch import DEFAULT_THRESHOLD, MUTED, SPAN, IncidentWatch
from triage.store import Store
from triage.store.erasures import erasure_revision
from triage.store.incident_watches import StoredWatch, end_look, take_watch
from triage.store.incidents import accepted_tickets, save_incidents, watched_incidents
from triage.store.recent import count_filed, filed_ids
from triage.store.tickets import get_tickets, iter_past_tickets
from triage.store.workspaces import list_workspaces
from triage.ticket import Ticket

__all__ = ["IncidentChore"]

RETAINED = timedelta(days=RETAINED_DAYS)
CHANGED_SHARE = 0.05
"""Where so much of the past came or went since it was counted, as by an import, it is counted anew."""

FEW = 200

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Post:
    """What one workspace's watch has in memory."""

    looked_at: datetime
    erasures: int
    bursts: WordBursts = field(default_factory=WordBursts)
    watch: IncidentWatch = field(default_factory=lambda: IncidentWatch(""))
    seen: dict[str, datetime] = field(default_factory=dict)


class IncidentChore:
    """One look at every workspace, to be taken again and again.

    Parameters
    ----------
    store : Store
        Holds tickets and incidents.
    holder : str, optional
        Names this process among those that share the store; by default made up.
    """

    def __init__(self, store: Store, holder: str | None = None) -> None:
        self._store = store
        self._holder = holder or uuid.uuid4().hex
        self._posts: dict[str, _Post] = {}

    def look(self, now: datetime) -> int:
        """Judge the tickets that came since the last look; return how many incidents were raised."""
        raised = 0
        for one in list_workspaces(self._store):
            try:
                raised += self._look_at(one.workspace, now)
            except (TriageError, DBAPIError) as error:
                # What is in memory may be ahead of the store now.
                self._posts.pop(one.workspace, None)
                log.error("incidents of workspace %s: %s", one.workspace, type(error).__name__)
        if raised:
            log.info("raised %s suspected incidents", raised)
        return raised

    def _look_at(self, workspace: str, now: datetime) -> int:
        held = take_watch(self._store, workspace, self._holder, threshold=DEFAULT_THRESHOLD, now=now)
        if held is None:
            self._posts.pop(workspace, None)
            return 0
        post = self._posts.get(workspace)
        erasures = erasure_revision(self._store, workspace)
        if (
            post is None
            or (post.looked_at, post.erasures) != (held.looked_at, erasures)
            or self._is_outdated(workspace, post, now)
        ):
            post = self._posts[workspace] = self._make(workspace, held, erasures)
        post.watch.threshold = held.threshold
        judged = {one.incident_id: one for one in watched_incidents(self._store, workspace, now - MUTED)}
        for one in judged.values():
            post.watch.update(one)
        before = set(judged)
        found: dict[str, Incident] = {}
        for ticket in self._new_tickets(workspace, post, held, now):
            incident = _judge(post, ticket)
            if incident is not None:
                found[incident.incident_id] = incident
        with self._store.writing(workspace):
            if not end_look(self._store, held, now=now):
                self._posts.pop(workspace, None)
                return 0
            save_incidents(self._store, workspace, list(found.values()), now=now)
        post.looked_at = now
        post.seen = {name: at for name, at in post.seen.items() if at > now - 2 * SPAN}
        return len(set(found) - before)

    def _new_tickets(self, workspace: str, post: _Post, held: StoredWatch, now: datetime) -> list[Ticket]:
        """Return, in order of filing, the tickets not seen yet; some come a little late."""
        since = min(held.looked_at - SPAN, now - SPAN)
        new = [name for name in filed_ids(self._store, workspace, since, now) if name not in post.seen]
        stored = get_tickets(self._store, workspace, new)
        return [stored[name].ticket for name in new if name in stored]

    def _is_outdated(self, workspace: str, post: _Post, now: datetime) -> bool:
        filed = count_filed(self._store, workspace, now - RETAINED, post.looked_at - 2 * SPAN)
        known = post.bursts.filed_before((post.looked_at - 2 * SPAN).timestamp())
        return filed > known + FEW and filed > (1 + CHANGED_SHARE) * known

    def _make(self, workspace: str, held: StoredWatch, erasures: int) -> _Post:
        """Count again what was judged already, and take up the incidents that are open.

        The last day is left to be judged again: what was stored late meanwhile is among it, and what was
        judged before belongs to the same incidents as before.
        """
        post = _Post(held.looked_at, erasures)
        post.bursts.leave_out(accepted_tickets(self._store, workspace))
        known = watched_incidents(self._store, workspace, held.looked_at - MUTED)
        post.watch = IncidentWatch(workspace, held.threshold, known)
        until = max(held.began_at, held.looked_at - SPAN)
        since, end = held.looked_at - RETAINED, until + timedelta(microseconds=1)
        for chunk in iter_past_tickets(self._store, workspace, since=since, until=end, chunk_rows=2_000):
            for past in chunk:
                post.watch.learn(_sight(post, past.ticket, judged=False))
        post.seen = {name: at for name, at in post.seen.items() if at > held.looked_at - 2 * SPAN}
        return post


def _judge(post: _Post, ticket: Ticket) -> Incident | None:
    incident = post.watch.see(_sight(post, ticket, judged=True), post.bursts)
    if incident is not None and incident.state is IncidentState.ACCEPTED:
        post.bursts.leave_out([ticket.ticket_id])
    return incident


def _sight(post: _Post, ticket: Ticket, *, judged: bool) -> Sighting:
    filed_at = cast(datetime, ticket.created_at)  # they were read by it
    post.seen[ticket.ticket_id] = filed_at
    return sight(post.bursts, ticket, filed_at, judged=judged)
