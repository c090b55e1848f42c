"""The routing section of a policy document, read and checked: every mistake is named where it stands."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from triage.errors import ConfigurationError
from triage.mode import Mode
from triage.routing.policy import FairShare, RoutingPolicy, TeamRouting
from triage.routing.queue_policy import QueuePolicy

__all__ = ["read_routing"]

Reader = Callable[[Any, str], Any]


def read_routing(document: Any) -> RoutingPolicy:
    """Read the section; what is left out follows the defaults.

    Parameters
    ----------
    document : object
        What stands under ``routing``, see :meth:`RoutingPolicy.to_document`.

    Raises
    ------
    ConfigurationError
        If a key or a value is not as it must be.

    Examples
    --------
    >>> read_routing({"skills": {"VPN": {"vpn": 2}}}).skills["VPN"]["vpn"]
    2
    """
    policy = RoutingPolicy(**_read_object(document, "routing", _ROUTING))
    scale = policy.seniorities
    for priority, seniority in policy.least_seniority.items():
        if seniority not in scale:
            one = "one of its seniorities, " + ", ".join(scale) if scale else "its seniorities to be listed"
            raise _wrong(f"routing.least_seniority.{priority}", repr(seniority), one)
    return policy


def _read_object(given: Any, where: str, readers: Mapping[str, Reader]) -> dict[str, Any]:
    part = _object(given, where)
    unknown = sorted(set(part) - set(readers))
    if unknown:
        raise _wrong(where, ", ".join(map(repr, unknown)), f"only {', '.join(sorted(readers))}")
    return {name: readers[name](value, f"{where}.{name}") for name, value in part.items()}


def _object(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise _wrong(where, repr(given), "an object of names and values")
    return given


def _number(low: float, *, above: bool = False, most: float = float("inf")) -> Reader:
    def read(given: Any, where: str) -> float:
        is_number = isinstance(given, int | float) and not isinstance(given, bool)
        is_inside = is_number and isfinite(given) and low <= given <= most and not (above and given == low)
        if not is_inside:
            bound = f"above {low:g}" if above else f"of {low:g} or more"
            upper = "" if most == float("inf") else f", at most {most:g}"
            raise _wrong(where, repr(given), f"a number {bound}{upper}")
        return float(given)

    return read


def _whole(low: int) -> Reader:
    def read(given: Any, where: str) -> int:
        if not isinstance(given, int) or isinstance(given, bool) or given < low:
            raise _wrong(where, repr(given), f"a whole number of {low} or more")
        return given

    return read


def _optional(reader: Reader) -> Reader:
    return lambda given, where: None if given is None else reader(given, where)


def _table(reader: Reader) -> Reader:
    def read(given: Any, where: str) -> dict[str, Any]:
        return {name: reader(value, f"{where}.{name}") for name, value in _object(given, where).items()}

    return read


def _word(given: Any, where: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise _wrong(where, repr(given), "a text")
    return given


def _words(given: Any, where: str) -> tuple[str, ...]:
    if not isinstance(given, list | tuple):
        raise _wrong(where, repr(given), "a list of texts")
    return tuple(_word(one, where) for one in given)


def _truth(given: Any, where: str) -> bool:
    if not isinstance(given, bool):
        raise _wrong(where, repr(given), "true or false")
    return given


def _mode(given: Any, where: str) -> Mode:
    if given not in [mode.value for mode in Mode]:
        raise _wrong(where, repr(given), f"one of {', '.join(Mode)}")
    return Mode(given)


def _fair_share(given: Any, where: str) -> FairShare:
    return FairShare(**_read_object(given, where, _FAIR_SHARE))


def _team(given: Any, where: str) -> TeamRouting:
    return TeamRouting(**_read_object(given, where, _TEAM))


def _queue(given: Any, where: str) -> QueuePolicy:
    return QueuePolicy(**_read_object(given, where, _QUEUE))


def _wrong(where: str, given: str, expected: str) -> ConfigurationError:
    return ConfigurationError(f"Got {given} as {where} in the policy; expected {expected}.")


_FAIR_SHARE: Mapping[str, Reader] = {
    # Below an equal share some tickets would find nobody although everybody is there.
    "factor": _number(1.0),
    "days": _whole(1),
    "minimum": _whole(1),
}
_TEAM: Mapping[str, Reader] = {
    "mode": _optional(_mode),
    "escalates_to": _words,
    "country": _optional(_word),
    "works_holidays": _truth,
}
_QUEUE: Mapping[str, Reader] = {
    "priorities": _table(_number(0.0, above=True)),
    "exposure": _number(0.0),
    "per_day": _number(0.0),
}
_ROUTING: Mapping[str, Reader] = {
    "skills": _table(_table(_whole(1))),
    "effort": _table(_number(0.0, above=True)),
    "default_capacity": _optional(_number(0.0)),
    "seniorities": _words,
    "least_seniority": _table(_word),
    "escalated": _words,
    "match_language": _truth,
    "least_affinity": _optional(_number(0.0, most=1.0)),
    "headroom_weight": _number(0.0),
    "fair_share": _optional(_fair_share),
    "teams": _table(_team),
    "queue": _queue,
}
