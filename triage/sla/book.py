"""All policies of a workspace in their order, and the calendars that they go by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from triage.errors import ConfigurationError
from triage.sla.calendar import BusinessCalendar
from triage.sla.policy import DEFAULT_STEPS, SlaPolicy, Step, StepKind, Target
from triage.sla.span import parse_span, write_span
from triage.ticket import PastTicket, Ticket

__all__ = ["SlaBook"]

WAITING = ("pending", "waiting", "on hold", "awaiting user info", "waiting for customer")
DONE = ("resolved", "solved", "closed", "done", "cancelled")
_FOR = {"priority": "priorities", "organization": "organizations", "category": "categories"}


@dataclass(frozen=True, slots=True)
class SlaBook:
    """What a workspace promises.

    Parameters
    ----------
    policies : tuple of SlaPolicy
        The first that holds for a ticket is its policy.
    calendars : Mapping of str to BusinessCalendar
        By name.
    waiting_statuses : frozenset of str
        States in which the requester is waited for, in small letters: resolution clocks stand still.
    done_statuses : frozenset of str
        States of tickets that nobody works on any more, in small letters.

    Raises
    ------
    ConfigurationError
        If a policy goes by a calendar that is not there, or two have one name.
    """

    policies: tuple[SlaPolicy, ...] = ()
    calendars: Mapping[str, BusinessCalendar] = field(default_factory=dict)
    waiting_statuses: frozenset[str] = frozenset(WAITING)
    done_statuses: frozenset[str] = frozenset(DONE)

    def __post_init__(self) -> None:
        names = [one.name for one in self.policies]
        if len(set(names)) < len(names):
            raise ConfigurationError(
                f"Got SLA policies named {', '.join(names)}; expected a name of its own for each."
            )
        for one in self.policies:
            if one.calendar not in self.calendars:
                raise ConfigurationError(
                    f"Got calendar {one.calendar!r} in the SLA policy {one.name!r}; expected one of "
                    f"{', '.join(self.calendars) or 'the calendars, of which there is none'}."
                )

    def policy_for(self, ticket: Ticket, values: Mapping[str, str]) -> SlaPolicy | None:
        """Return the first policy that holds for a ticket, None when none does."""
        return next((one for one in self.policies if one.holds_for(ticket, values)), None)

    def calendar_of(self, policy: SlaPolicy) -> BusinessCalendar:
        """Return the calendar that a policy goes by."""
        return self.calendars[policy.calendar]

    def is_waiting(self, status: str | None) -> bool:
        """Tell whether a state means that the requester is waited for."""
        return (status or "").strip().lower() in self.waiting_statuses

    def is_done(self, past: PastTicket) -> bool:
        """Tell whether nobody works on a ticket any more."""
        has_ended = past.resolved_at is not None or past.closed_at is not None
        return has_ended or (past.status or "").strip().lower() in self.done_statuses

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :meth:`from_document`."""
        return {
            "calendars": [
                {
                    "name": one.name,
                    "hours": one.hours,
                    "zone": one.zone,
                    "holidays": sorted(day.isoformat() for day in one.holidays),
                    "country": one.country,
                }
                for one in self.calendars.values()
            ],
            "policies": [_policy_document(one) for one in self.policies],
            "waiting_statuses": sorted(self.waiting_statuses),
            "done_statuses": sorted(self.done_statuses),
        }

    @classmethod
    def from_document(cls, document: Any) -> "SlaBook":
        """Read the JSON form; a book that names no calendar has ``always``, which is ``24/7``.

        Raises
        ------
        ConfigurationError
            If a key, a name, a span or a calendar is not as it must be.
        """
        document = _table(document, "the SLA book")
        _refuse_unknown(document, set(cls.__slots__), "the SLA book")
        calendars = [_calendar(one) for one in _list(document.get("calendars", []), "calendars")]
        if not calendars:
            calendars = [BusinessCalendar("always")]
        if len({one.name for one in calendars}) < len(calendars):
            raise ConfigurationError("Got two calendars of one name; expected a name of its own for each.")
        policies = [
            _policy(one, calendars[0].name) for one in _list(document.get("policies", []), "policies")
        ]
        return cls(
            tuple(policies),
            {one.name: one for one in calendars},
            _statuses(document.get("waiting_statuses", WAITING), "waiting_statuses"),
            _statuses(document.get("done_statuses", DONE), "done_statuses"),
        )


def _policy_document(one: SlaPolicy) -> dict[str, Any]:
    spans = {name.value: write_span(span) for name, span in one.targets.items()}
    wanted = {key: sorted(getattr(one, name)) for key, name in _FOR.items() if getattr(one, name)}
    steps = [
        {"kind": step.kind.value, "at": step.at, "to": step.to}
        | ({} if step.target is None else {"target": step.target.value})
        for step in one.steps
    ]
    return {"name": one.name, "calendar": one.calendar, **spans, **wanted, "steps": steps}


def _policy(given: Any, usual_calendar: str) -> SlaPolicy:
    part = _table(given, "an SLA policy")
    name = _text(part.get("name"), "name of an SLA policy")
    where = f"the SLA policy {name!r}"
    _refuse_unknown(part, {"name", "calendar", "response", "resolution", "steps", *_FOR}, where)
    wanted = {
        _FOR[key]: frozenset(_text(one, f"{key} of {where}") for one in _list(part.get(key, []), key))
        for key in _FOR
    }
    steps = tuple(_step(one, where) for one in _list(part["steps"], "steps")) if "steps" in part else None
    spans = {
        target: parse_span(part[target.value], f"{target.value} of {where}")
        for target in Target
        if part.get(target.value) is not None
    }
    calendar = _text(part.get("calendar", usual_calendar), f"calendar of {where}")
    return SlaPolicy(
        name,
        calendar,
        spans.get(Target.RESPONSE),
        spans.get(Target.RESOLUTION),
        **wanted,
        steps=DEFAULT_STEPS if steps is None else steps,
    )


def _step(given: Any, where: str) -> Step:
    part = _table(given, f"a step of {where}")
    _refuse_unknown(part, {"kind", "at", "to", "target"}, f"a step of {where}")
    at = part.get("at")
    if isinstance(at, bool) or not isinstance(at, int | float):
        raise ConfigurationError(f"Got at={at!r} in a step of {where}; expected a share such as 0.75.")
    kinds = [StepKind.REMINDER.value, StepKind.ESCALATION.value]
    if part.get("kind") not in kinds:
        raise ConfigurationError(
            f"Got kind={part.get('kind')!r} in a step of {where}; expected one of {', '.join(kinds)}."
        )
    target = part.get("target")
    if target is not None and target not in [one.value for one in Target]:
        raise ConfigurationError(
            f"Got target={target!r} in a step of {where}; expected response, resolution or none of them."
        )
    to = _text(part.get("to"), f"to of a step of {where}")
    return Step(StepKind(part["kind"]), float(at), to, None if target is None else Target(target))


def _calendar(given: Any) -> BusinessCalendar:
    part = _table(given, "a calendar")
    name = _text(part.get("name"), "name of a calendar")
    where = f"the calendar {name!r}"
    _refuse_unknown(part, {"name", "hours", "zone", "holidays", "country"}, where)
    country = part.get("country")
    return BusinessCalendar(
        name,
        _text(part.get("hours", "24/7"), f"hours of {where}"),
        _text(part.get("zone", "UTC"), f"zone of {where}"),
        frozenset(_day(one, where) for one in _list(part.get("holidays", []), "holidays")),
        None if country is None else _text(country, f"country of {where}"),
    )


def _day(given: Any, where: str) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"Got the holiday {given!r} in {where}; expected a day such as 2026-12-25."
        ) from None


def _statuses(given: Any, where: str) -> frozenset[str]:
    return frozenset(_text(one, where).strip().lower() for one in _list(given, where))


def _text(given: Any, where: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise ConfigurationError(f"Got {given!r} as the {where}; expected text.")
    return given


def _list(given: Any, where: str) -> list[Any]:
    if isinstance(given, Mapping):
        raise ConfigurationError(
            f"Got a table as {where}; expected a list of tables: in TOML, [[{where}]] above each one's lines."
        )
    if not isinstance(given, list | tuple):
        raise ConfigurationError(f"Got {where}={given!r}; expected a list.")
    return list(given)


def _table(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {given!r} as {where}; expected a table of names and values.")
    return given


def _refuse_unknown(part: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(part) - known)
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known))}."
        )
