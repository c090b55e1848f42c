"""Rules that raise a priority, never lower it: one plain sentence, one ``if``. The admin writes them down.

They go by what the form says when a ticket is filed; of several that hold, the one that raises most counts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.errors import ConfigurationError
from triage.organization import is_among, organization_key
from triage.scale import place_on
from triage.ticket import Ticket

__all__ = ["KINDS", "Lift", "lifted"]

FORM = ("organization", "requester", "channel", "product", "language")
CUSTOM = "field."


@dataclass(frozen=True, slots=True)
class Lift:
    """One rule.

    Parameters
    ----------
    name : str
        What a decision calls it.
    kind : str
        One of :data:`KINDS`.
    by : str
        What is looked at: ``organization``, ``requester``, ``channel``, ``product``, ``language`` or
        ``field.<name>``. Of organizations case and space around them do not count.
    values : tuple of str
        ``customer_tier``: the values that are lifted.
    targets_hours : Mapping of str to float
        ``sla_exposure``: hours to the first response that were promised, by value; empty: the value itself
        is the number of hours.
    shorter_than_hours : float or None
        ``sla_exposure``: targets below this are exposed.
    at_least : str or None
        The priority to raise to: one of ours, or of the policy's matrix; on a helpdesk's own scale the one
        that :func:`triage.scale.place_on` finds.
    steps : int, default=0
        Or how many steps to raise by.
    """

    name: str
    kind: str
    by: str
    values: tuple[str, ...] = ()
    targets_hours: Mapping[str, float] = field(default_factory=dict)
    shorter_than_hours: float | None = None
    at_least: str | None = None
    steps: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _wrong(self.name, f"kind {self.kind!r}", f"one of {', '.join(KINDS)}")
        if not self.name.strip():
            raise _wrong(self.name, "no name", "a name that a decision can show")
        if self.by not in FORM and not (self.by.startswith(CUSTOM) and self.by != CUSTOM):
            raise _wrong(self.name, f"by {self.by!r}", f"one of {', '.join(FORM)} or field.<name>")
        if (self.at_least is None) == (self.steps == 0) or not 0 <= self.steps <= 3:
            raise _wrong(self.name, f"at_least {self.at_least!r} and steps {self.steps}", "one of them")
        needs = "values" if self.kind == "customer_tier" else "shorter_than_hours"
        if not getattr(self, needs):
            raise _wrong(self.name, f"{needs} {getattr(self, needs)!r}", f"{needs} for a {self.kind}")

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :meth:`from_document`."""
        document: dict[str, Any] = {"name": self.name, "kind": self.kind, "by": self.by}
        if self.kind == "customer_tier":
            document["values"] = list(self.values)
        else:
            document |= {
                "targets_hours": dict(self.targets_hours),
                "shorter_than_hours": self.shorter_than_hours,
            }
        return document | ({"steps": self.steps} if self.at_least is None else {"at_least": self.at_least})

    @classmethod
    def from_document(cls, document: Any) -> "Lift":
        """Read the JSON form.

        Raises
        ------
        ConfigurationError
            If it is not a whole rule; the message names the mistake.
        """
        if not isinstance(document, Mapping):
            raise ConfigurationError(
                f"Got {document!r} as a lift; expected an object with name, kind and by."
            )
        name = document.get("name", "")
        if not isinstance(name, str):
            raise _wrong(str(name), f"name {name!r}", "a name")
        unknown = sorted(set(document) - set(cls.__slots__))
        if unknown:
            raise _wrong(name, ", ".join(map(repr, unknown)), f"only {', '.join(cls.__slots__)}")
        hours = document.get("targets_hours") or {}
        values = document.get("values") or []
        least, steps = document.get("at_least"), document.get("steps") or 0
        shorter = document.get("shorter_than_hours")
        is_words = isinstance(values, list | tuple) and all(isinstance(one, str) for one in values)
        is_table = isinstance(hours, Mapping) and all(_is_hours(one) for one in hours.values())
        expected = {
            "kind": (isinstance(document.get("kind"), str), f"one of {', '.join(KINDS)}"),
            "by": (isinstance(document.get("by"), str), f"one of {', '.join(FORM)} or field.<name>"),
            "values": (is_words, 'a list of texts such as ["gold"]'),
            "targets_hours": (is_table, 'numbers of hours by value such as {"Acme": 4}'),
            "shorter_than_hours": (shorter is None or _is_hours(shorter), "a number of hours such as 8"),
            "at_least": (least is None or isinstance(least, str), 'a priority such as "high"'),
            "steps": (isinstance(steps, int) and not isinstance(steps, bool), "a whole number such as 1"),
        }
        for key, (is_right, wanted) in expected.items():
            if not is_right:
                raise _wrong(name, f"{key} {document.get(key)!r}", wanted)
        return cls(name, document["kind"], document["by"], tuple(values), dict(hours), shorter, least, steps)


def is_of_tier(ticket: Ticket, lift: Lift) -> bool:
    """A customer of a tier that the admin named is served before others."""
    value = _value(ticket, lift.by)
    return is_among(value, frozenset(lift.values)) if lift.by == "organization" else value in lift.values


def is_exposed(ticket: Ticket, lift: Lift) -> bool:
    """A ticket whose first response was promised sooner than the admin's limit cannot wait its turn."""
    target = _target_hours(_value(ticket, lift.by), lift)
    return target is not None and lift.shorter_than_hours is not None and target < lift.shorter_than_hours


KINDS: Mapping[str, Callable[[Ticket, Lift], bool]] = {
    "customer_tier": is_of_tier,
    "sla_exposure": is_exposed,
}


def lifted(
    ticket: Ticket, priority: str, scale: Sequence[str], lifts: Sequence[Lift]
) -> tuple[str, str] | None:
    """Return the raised priority and the name of the rule that raised it; None when none does.

    Parameters
    ----------
    ticket : Ticket
        As filed.
    priority : str
        Before any rule. One that is not on the scale is left alone.
    scale : sequence of str
        Least first.
    lifts : sequence of Lift
        Each is measured from the same priority: rules do not add up. The first of equals is named.
    """
    if priority not in scale:
        return None
    before = scale.index(priority)
    highest, by = before, ""
    for lift in lifts:
        if KINDS[lift.kind](ticket, lift):
            after = before + lift.steps if lift.at_least is None else place_on(scale, lift.at_least)
            after = min(after, len(scale) - 1)
            if after > highest:
                highest, by = after, lift.name
    return (scale[highest], by) if highest > before else None


def _value(ticket: Ticket, by: str) -> str | None:
    if by.startswith(CUSTOM):
        return ticket.custom.get(by.removeprefix(CUSTOM))
    value: str | None = getattr(ticket, by)
    return value


def _target_hours(value: str | None, lift: Lift) -> float | None:
    if value is None:
        return None
    if lift.targets_hours:
        if lift.by != "organization" or value in lift.targets_hours:
            return lift.targets_hours.get(value)
        asked = organization_key(value)
        return next(
            (hours for name, hours in lift.targets_hours.items() if organization_key(name) == asked), None
        )
    try:
        hours = float(value)
    except ValueError:
        return None
    return hours if hours >= 0 else None


def _is_hours(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and 0 < given < float("inf")


def _wrong(name: str, given: str, expected: str) -> ConfigurationError:
    return ConfigurationError(f"Got {given} in the lift {name!r}; expected {expected}.")
