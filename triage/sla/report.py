"""How promises stand: what is due next, what is endangered, what was kept. Counts; reads no store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from triage.errors import InputError
from triage.sla.book import SlaBook
from triage.sla.clock import Pause
from triage.sla.events import clocks_of, finished_at
from triage.sla.foresight import Foresight
from triage.sla.policy import SlaPolicy, Target
from triage.sla.standing import PromiseState, exposure_of, standings_of
from triage.ticket import PastTicket
from triage.zone import find_zone

__all__ = [
    "BY_POLICY",
    "GROUPS",
    "DueTicket",
    "Group",
    "Kept",
    "due_tickets",
    "promises_kept",
    "rescue_order",
]

Group = Literal["policy", "priority", "team", "month"]
GROUPS: tuple[Group, ...] = get_args(Group)
"""What kept promises can be counted by."""
BY_POLICY: tuple[Group, ...] = ("policy",)

_RESCUE = {PromiseState.RUNNING: 0, PromiseState.PAUSED: 1, PromiseState.OVERDUE: 2}


@dataclass(frozen=True, slots=True)
class DueTicket:
    """A promise that is still to be kept, see :class:`triage.sla.standing.Standing`, and whose it is."""

    ticket_id: str
    subject: str
    filed_at: datetime
    policy: str
    target: Target
    due_at: datetime
    state: PromiseState
    left: timedelta
    share_gone: float
    breach_probability: float | None
    priority: str | None
    team: str | None
    assignee: str | None

    @property
    def exposure(self) -> float:
        """How endangered it is: 1 when due or certain to be missed."""
        return exposure_of(self.share_gone, self.breach_probability)


@dataclass(frozen=True, slots=True)
class Kept:
    """How one target went of the tickets that have some things in common.

    Parameters
    ----------
    policy, priority, team, month : str or None
        What they have in common; None where it was not counted by that, or they have none. The month is that
        of filing in the zone of the policy's calendar, ``2026-03``.
    target : Target
        Response or resolution.
    kept, missed : int
        Tickets that were answered or solved in time, and those that were too late or have run out and still
        wait.
    running : int
        Tickets whose target has not run out.
    """

    policy: str | None
    priority: str | None
    team: str | None
    month: str | None
    target: Target
    kept: int
    missed: int
    running: int

    @property
    def share_kept(self) -> float | None:
        """Share kept of those that are over; None when none is."""
        over = self.kept + self.missed
        return self.kept / over if over else None


def due_tickets(
    tickets: Iterable[PastTicket],
    book: SlaBook,
    pauses: Mapping[str, Sequence[Pause]],
    foresights: Mapping[str, Foresight] | None = None,
    *,
    now: datetime,
) -> list[DueTicket]:
    """Return the promises still to be kept, the next to run out first.

    Parameters
    ----------
    tickets : iterable of PastTicket
        Those that are done are passed over.
    book : SlaBook
        What is promised.
    pauses : Mapping of str to sequence of Pause
        By ticket id.
    foresights : Mapping of str to Foresight, optional
        By ticket id: what was expected of it when it was filed.
    now : datetime
        With a zone.
    """
    found = []
    for past in tickets:
        name, filed = past.ticket.ticket_id, past.ticket.created_at
        foresight = (foresights or {}).get(name)
        policy, standings = standings_of(past, book, pauses.get(name, ()), foresight, now=now)
        if policy is None or filed is None:
            continue
        found += [
            DueTicket(
                name,
                past.ticket.subject,
                filed,
                policy.name,
                one.target,
                one.due_at,
                one.state,
                one.left,
                one.share_gone,
                one.breach_probability,
                past.labels.get("priority"),
                past.labels.get("team"),
                past.labels.get("assignee"),
            )
            for one in standings
        ]
    return sorted(found, key=lambda one: (one.due_at, one.ticket_id, one.target))


def rescue_order(found: Iterable[DueTicket]) -> list[DueTicket]:
    """Return promises as they are to be saved: running ones, the most endangered first; paused; overdue ones.

    Of the overdue ones that come last the newest is first.
    """

    def place(one: DueTicket) -> tuple[int, float, float, str, str]:
        is_over = one.state is PromiseState.OVERDUE
        first = -one.due_at.timestamp() if is_over else -one.exposure
        return _RESCUE[one.state], first, one.due_at.timestamp(), one.ticket_id, one.target

    return sorted(found, key=place)


def promises_kept(
    tickets: Iterable[PastTicket],
    book: SlaBook,
    pauses: Mapping[str, Sequence[Pause]],
    *,
    by: Collection[Group] = BY_POLICY,
    now: datetime,
) -> list[Kept]:
    """Count which targets were kept; the first arguments are those of :func:`due_tickets`.

    A ticket that is done without a time is left out: nobody knows.

    Parameters
    ----------
    tickets, book, pauses, now
        As above.
    by : collection of {"policy", "priority", "team", "month"}, default=("policy",)
        What is counted apart. By policy alone, policies without a ticket are told too, with zeros.

    Returns
    -------
    list of Kept
        In the book's order of policies, then by month, team and priority.

    Raises
    ------
    InputError
        If it is to be counted by something else.
    """
    unknown = sorted(set(by) - set(GROUPS))
    if unknown:
        raise InputError(f"Got by={unknown[0]!r}; expected any of {', '.join(GROUPS)}.")
    places = {policy.name: at for at, policy in enumerate(book.policies)}
    counts: dict[tuple[str | None, ...], list[int]] = {}
    if set(by) == {"policy"}:
        counts = {
            (policy.name, None, None, None, target): [0, 0, 0]
            for policy in book.policies
            for target in policy.targets
        }
    for past in tickets:
        policy, clocks = clocks_of(past, book, pauses.get(past.ticket.ticket_id, ()), now=now)
        if policy is None:
            continue
        group = _group(past, policy, book, by)
        for target, due in clocks.items():
            finished = finished_at(past, target)
            if finished is None and book.is_done(past):
                continue
            place = int(finished > due) if finished is not None else 1 if due <= now else 2
            counts.setdefault((*group, target), [0, 0, 0])[place] += 1

    def order(key: tuple[str | None, ...]) -> tuple[int, str, str, str, int]:
        policy, priority, team, month, target = key
        at = places.get(policy or "", 0)
        return at, month or "", team or "", priority or "", list(Target).index(Target(target or ""))

    return [
        Kept(key[0], key[1], key[2], key[3], Target(key[4] or ""), *counts[key])
        for key in sorted(counts, key=order)
    ]


def _group(
    past: PastTicket, policy: SlaPolicy, book: SlaBook, by: Collection[Group]
) -> tuple[str | None, str | None, str | None, str | None]:
    month = None
    if "month" in by and past.ticket.created_at is not None:
        zone = find_zone(book.calendar_of(policy).zone)
        month = f"{past.ticket.created_at.astimezone(zone):%Y-%m}"
    return (
        policy.name if "policy" in by else None,
        past.labels.get("priority") if "priority" in by else None,
        past.labels.get("team") if "team" in by else None,
        month,
    )
