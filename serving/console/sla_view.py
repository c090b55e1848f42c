"""Promises as the page shows them: in words, by the wall clock of the workspace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from serving.plain_words import percent
from triage.sla.book import SlaBook
from triage.sla.report import DueTicket, Kept
from triage.sla.span import say_span, write_span
from triage.sla.standing import PromiseState
from triage.store.sla_events import Notice
from triage.zone import find_zone

__all__ = [
    "DueView",
    "KeptView",
    "NoticeView",
    "PolicyView",
    "PromiseView",
    "view_due",
    "view_kept",
    "view_notice",
    "view_policies",
]

ENDANGERED = 0.75
"""Exposure from which a promise is called endangered: when policies remind the assignee by default."""

TARGETS = {"response": "First answer", "resolution": "Solution"}
KINDS = {"reminder": "Reminder", "escalation": "Escalation", "breach": "Missed"}


@dataclass(frozen=True, slots=True)
class PromiseView:
    """One promise: whose, due when, how much of its time has gone."""

    due: DueTicket
    target: str
    when: str
    moment: str
    odds: str
    gone: float
    look: str
    """``calm``, ``near``, ``paused`` or ``lost``."""


@dataclass(frozen=True, slots=True)
class DueView:
    """What is shown of what is due, and how many there are."""

    open: Sequence[PromiseView]
    over: Sequence[PromiseView]
    counts: Mapping[PromiseState, int]
    running: Sequence[DueTicket]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def endangered(self) -> int:
        """Running ones that are close to being missed, or likely to be."""
        return sum(one.exposure >= ENDANGERED for one in self.running)

    @property
    def hidden_open(self) -> int:
        """How many are not shown of those that can be kept."""
        return self.counts[PromiseState.RUNNING] + self.counts[PromiseState.PAUSED] - len(self.open)

    @property
    def hidden_over(self) -> int:
        """How many are not shown of those that are overdue."""
        return self.counts[PromiseState.OVERDUE] - len(self.over)


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice in words."""

    notice: Notice
    title: str
    words: str
    moment: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """One policy in words."""

    name: str
    whose: str
    response: str
    resolution: str
    hours: str
    steps: str


@dataclass(frozen=True, slots=True)
class KeptView:
    """How one target of a policy went."""

    kept: Kept
    target: str


def view_due(found: Sequence[DueTicket], now: datetime, zone: str) -> list[PromiseView]:
    """Return promises in their order."""
    return [_promise(one, now, zone) for one in found]


def view_notice(one: Notice, zone: str) -> NoticeView:
    """Return a notice."""
    event = one.event
    target = TARGETS[event.target.value].lower()
    if event.kind.value == "breach":
        words = f"The {target} was due {_moment(event.due_at, zone)}."
    else:
        used = percent(event.share)
        words = f"{used} of the time for the {target} were used up; due {_moment(event.due_at, zone)}."
    return NoticeView(one, KINDS[event.kind.value], words, _moment(event.fell_due_at, zone))


def view_kept(found: Sequence[Kept]) -> list[KeptView]:
    """Return the counts in their order."""
    return [KeptView(one, TARGETS[one.target.value]) for one in found]


def view_policies(book: SlaBook) -> list[PolicyView]:
    """Return the policies in their order: the first that holds for a ticket is its policy."""
    found = []
    for one in book.policies:
        calendar = book.calendar_of(one)
        parts = (
            ("priority", one.priorities),
            ("organization", one.organizations),
            ("category", one.categories),
        )
        whose = "; ".join(f"{name} {' or '.join(sorted(values))}" for name, values in parts if values)
        free = f", without the holidays of {calendar.country}" if calendar.country else ""
        found.append(
            PolicyView(
                one.name,
                whose or "all tickets",
                "–" if one.response is None else write_span(one.response),
                "–" if one.resolution is None else write_span(one.resolution),
                "round the clock" if calendar.hours == "24/7" else f"{calendar.hours} {calendar.zone}{free}",
                "; ".join(
                    f"{step.kind.value} at {percent(step.at)} to {step.to}"
                    + (f" ({step.target.value})" if step.target else "")
                    for step in one.steps
                )
                or "nobody is told before it is missed",
            )
        )
    return found


def _promise(one: DueTicket, now: datetime, zone: str) -> PromiseView:
    left = one.due_at - now
    if one.state is PromiseState.OVERDUE:
        when, look = f"overdue by {say_span(-left)}", "lost"
    elif one.state is PromiseState.PAUSED:
        when, look = f"waits for the requester, {say_span(one.left)} left", "paused"
    else:
        hours = "" if one.left > 0.9 * left else f", {say_span(one.left)} of them business time"
        when, look = f"in {say_span(left)}{hours}", "near" if one.exposure >= ENDANGERED else "calm"
    odds = ""
    if one.breach_probability is not None and one.state is not PromiseState.OVERDUE:
        odds = percent(one.breach_probability)
    return PromiseView(
        one, TARGETS[one.target.value], when, _moment(one.due_at, zone), odds, min(one.share_gone, 1.0), look
    )


def _moment(moment: datetime, zone: str) -> str:
    local = moment.astimezone(find_zone(zone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"
