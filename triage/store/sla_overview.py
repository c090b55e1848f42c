"""How the promises of a workspace stand, from what the store holds."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.sla.report import BY_POLICY, DueTicket, Group, Kept, due_tickets, promises_kept, rescue_order
from triage.sla.standing import PromiseState, Standing, standings_of
from triage.store.database import Store
from triage.store.sla_outlooks import told_more
from triage.store.sla_pauses import list_pauses
from triage.store.tickets import get_tickets, iter_open_tickets, iter_past_tickets
from triage.ticket import PastTicket

__all__ = ["DueWanted", "list_due", "pressing_promises", "report_kept"]


@dataclass(frozen=True, slots=True)
class DueWanted:
    """Which promises are asked for; None asks for nothing.

    Parameters
    ----------
    state : PromiseState or None
        Running, paused or overdue.
    team, assignee, policy : str or None
        Whose, under which policy.
    """

    state: PromiseState | None = None
    team: str | None = None
    assignee: str | None = None
    policy: str | None = None

    def wants(self, one: DueTicket) -> bool:
        """Tell whether a promise is asked for, whatever its state."""
        asked = ((self.team, one.team), (self.assignee, one.assignee), (self.policy, one.policy))
        return all(wanted is None or wanted == value for wanted, value in asked)


def list_due(
    store: Store,
    workspace: str,
    book: SlaBook,
    *,
    now: datetime,
    wanted: DueWanted | None = None,
    is_rescue: bool = False,
    limit: int = 100,
    among: Callable[[Collection[str]], set[str]] | None = None,
) -> tuple[list[DueTicket], dict[PromiseState, int]]:
    """Return the promises still to be kept, and how many there are of each state.

    Parameters
    ----------
    store : Store
        Where from.
    workspace : str
        Whose.
    book : SlaBook
        What is promised.
    now : datetime
        With a zone.
    wanted : DueWanted, optional
        Which; by default all.
    is_rescue : bool, default=False
        True: as they are to be saved (:func:`triage.sla.report.rescue_order`); False: the next to run out
        first.
    limit : int, default=100
        At most so many; those left out are counted all the same.
    among : callable, optional
        Returns which of some tickets the asker sees: others are neither told nor counted. By default all.
    """
    wanted = wanted or DueWanted()
    counts = dict.fromkeys(PromiseState, 0)
    found: list[DueTicket] = []
    for chunk in iter_open_tickets(store, workspace, changed_since=now):
        past, foresights = told_more(store, workspace, [one for one, _ in chunk])
        due = due_tickets(past, book, _pauses(store, workspace, past), foresights, now=now)
        if among is not None:
            shown = among({one.ticket_id for one in due})
            due = [one for one in due if one.ticket_id in shown]
        for one in due:
            if wanted.wants(one):
                counts[one.state] += 1
                if wanted.state in (None, one.state):
                    found.append(one)
        found = rescue_order(found) if is_rescue else sorted(found, key=_next)
        del found[limit:]
    return found, counts


def _next(one: DueTicket) -> tuple[datetime, str, str]:
    return one.due_at, one.ticket_id, one.target


def pressing_promises(
    store: Store, workspace: str, book: SlaBook, ticket_ids: Sequence[str], *, now: datetime
) -> tuple[Mapping[str, PastTicket], Mapping[str, Standing]]:
    """Return stored tickets with what triage knows of them, and the most endangered promise of each."""
    past, foresights = told_more(store, workspace, list(get_tickets(store, workspace, ticket_ids).values()))
    pauses = _pauses(store, workspace, past)
    pressing: dict[str, Standing] = {}
    for one in past:
        name = one.ticket.ticket_id
        _, standings = standings_of(one, book, pauses.get(name, ()), foresights.get(name), now=now)
        if standings:
            pressing[name] = max(standings, key=lambda each: each.exposure)
    return {one.ticket.ticket_id: one for one in past}, pressing


def report_kept(
    store: Store,
    workspace: str,
    *,
    book: SlaBook,
    since: datetime | None = None,
    until: datetime | None = None,
    by: Collection[Group] = BY_POLICY,
    now: datetime,
) -> list[Kept]:
    """Count which promises of tickets filed between two moments were kept, see :func:`promises_kept`."""
    pauses: dict[str, list[Pause]] = {}

    def tickets() -> Iterator[PastTicket]:
        for chunk in iter_past_tickets(store, workspace, since=since, until=until):
            past, _ = told_more(store, workspace, chunk)
            pauses.clear()  # Those of this chunk are all that is asked for until the next one.
            pauses.update(_pauses(store, workspace, past))
            yield from past

    return promises_kept(tickets(), book, pauses, by=by, now=now)


def _pauses(store: Store, workspace: str, past: Sequence[PastTicket]) -> dict[str, list[Pause]]:
    return list_pauses(store, workspace, [one.ticket.ticket_id for one in past])
