"""A setup as a document, as ``staffing.toml`` and the JSON of the API write it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from triage.errors import ConfigurationError, InputError
from triage.sla.calendar import BusinessCalendar
from triage.sla.span import parse_span, write_span
from triage.staffing.channel import Channel, DayDeadline, OpenWork
from triage.staffing.handle_time import HandleTime, HandleTimes
from triage.staffing.live import LivePromise
from triage.staffing.reading import choice, clock, items, number, refuse_unknown, table, text, texts, whole
from triage.staffing.setup import Percentile, ShiftRules, StaffingSetup
from triage.staffing.team import EVERYTHING, StaffedTeam
from triage.zone import find_zone

__all__ = ["read_setup", "write_deadline"]

_LIVE = ("service_level", "within_s", "patience_s", "concurrency")
_PLAIN = ("by", "percentile", "zone", "paths", "seed", "correlation", "country", "holidays")


def read_setup(document: Mapping[str, Any]) -> StaffingSetup:
    """Read a setup.

    Parameters
    ----------
    document : Mapping
        ``teams`` and ``channels`` (lists of tables), ``handle_time``, ``shifts`` (tables), and ``by``,
        ``percentile``, ``zone``, ``country``, ``holidays``, ``paths``, ``seed``, ``correlation``. The guide
        shows one.

    Raises
    ------
    ConfigurationError
        If a key is unknown or a value is not as it must be; the message says which.
    """
    given = table(document, "the staffing setup")
    refuse_unknown(given, {"teams", "channels", "handle_time", "shifts", *_PLAIN}, "the staffing setup")
    zone = text(given.get("zone", "UTC"), "zone")
    try:
        find_zone(zone)
    except InputError as error:
        raise ConfigurationError(str(error)) from None
    plain: dict[str, Any] = {"zone": zone}
    if "by" in given:
        plain["by"] = text(given["by"], "by")
    if "percentile" in given:
        plain["percentile"] = Percentile(choice(given["percentile"], [*Percentile], "percentile"))
    for name in ("paths", "seed"):
        if name in given:
            plain[name] = whole(given[name], name)
    if "correlation" in given:
        plain["correlation"] = number(given["correlation"], "correlation")
    if "channels" in given:
        plain["channels"] = tuple(_channel(one) for one in items(given["channels"], "channels"))
    if "handle_time" in given:
        plain["handle_times"] = _handle_times(given["handle_time"])
    if "shifts" in given:
        plain["shifts"] = _shifts(given["shifts"])
    usual = {name: given[name] for name in ("zone", "country", "holidays") if name in given}
    teams = tuple(_team({**usual, **table(one, "a team")}) for one in items(given.get("teams", []), "teams"))
    return StaffingSetup(teams, **plain)


def write_deadline(deadline: timedelta | DayDeadline) -> str:
    """Return a deadline as it is read."""
    if isinstance(deadline, DayDeadline):
        return deadline.value
    return "0h" if deadline == timedelta(0) else write_span(deadline)


def read_deadline(given: Any, where: str) -> timedelta | DayDeadline:
    """Read ``same day``, ``next day``, or business hours such as ``8h``."""
    if given in [*DayDeadline]:
        return DayDeadline(given)
    if given == "0h":
        return timedelta(0)
    try:
        return parse_span(given, where)
    except ConfigurationError:
        raise ConfigurationError(
            f"Got {where}={given!r}; expected 'same day', 'next day', or business hours such as '8h'."
        ) from None


def _team(part: Mapping[str, Any]) -> StaffedTeam:
    name = text(part.get("name"), "name of a team")
    where = f"the team {name!r}"
    known = {"name", "skills", "channels", "cost_per_hour", "agents"}
    refuse_unknown(part, {*known, "hours", "zone", "country", "holidays"}, where)
    country = part.get("country")
    calendar = BusinessCalendar(
        name,
        text(part.get("hours", "24/7"), f"hours of {where}"),
        text(part.get("zone", "UTC"), f"zone of {where}"),
        frozenset(_day(one, where) for one in items(part.get("holidays", []), f"holidays of {where}")),
        None if country is None else text(country, f"country of {where}"),
    )
    return StaffedTeam(
        name,
        calendar,
        frozenset(texts(part.get("skills", [EVERYTHING]), f"skills of {where}")),
        frozenset(texts(part.get("channels", [EVERYTHING]), f"channels of {where}")),
        number(part.get("cost_per_hour", 0.0), f"cost_per_hour of {where}"),
        whole(part["agents"], f"agents of {where}") if part.get("agents") is not None else None,
    )


def _channel(given: Any) -> Channel:
    part = table(given, "a channel")
    name = text(part.get("name"), "name of a channel")
    where = f"the channel {name!r}"
    kind = choice(part.get("kind", "deferred"), ["live", "deferred"], f"kind of {where}")
    common = {"name", "kind", "share", "shares", "series", "shrinkage", "occupancy", "handle_time"}
    own = set(_LIVE) if kind == "live" else {"deadline", "backlog"}
    refuse_unknown(part, common | own, f"{where} (kind {kind!r})")
    values: dict[str, Any] = {}
    for key in ("share", "shrinkage", "occupancy"):
        if key in part:
            values[key] = number(part[key], f"{key} of {where}")
    if "shares" in part:
        shares = table(part["shares"], f"shares of {where}")
        values["shares"] = {str(k): number(v, f"shares.{k} of {where}") for k, v in shares.items()}
    if part.get("series") is not None:
        values["series"] = text(part["series"], f"series of {where}")
    if part.get("handle_time") is not None:
        values["handle_time"] = _handle_time(part["handle_time"], f"handle_time of {where}")
    if kind == "live":
        promise: dict[str, Any] = {
            key: number(part[key], f"{key} of {where}") for key in _LIVE[:3] if part.get(key) is not None
        }
        if "concurrency" in part:
            promise["concurrency"] = whole(part["concurrency"], f"concurrency of {where}")
        if "occupancy" in values:
            promise["occupancy"] = values["occupancy"]
        return Channel(name, LivePromise(**promise), **values)
    if "deadline" in part:
        values["deadline"] = read_deadline(part["deadline"], f"deadline of {where}")
    if "backlog" in part:
        values["backlog"] = _backlog(part["backlog"], where)
    return Channel(name, **values)


def _backlog(given: Any, where: str) -> tuple[OpenWork, ...]:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return (OpenWork(float(given)),)
    found = []
    for one in items(given, f"backlog of {where}"):
        part = table(one, f"backlog of {where}")
        refuse_unknown(part, {"tickets", "label", "age"}, f"backlog of {where}")
        age = part.get("age")
        label = part.get("label")
        found.append(
            OpenWork(
                number(part.get("tickets"), f"tickets in the backlog of {where}"),
                None if label is None else text(label, f"label in the backlog of {where}"),
                timedelta(0) if age in (None, "0h") else parse_span(age, f"age in the backlog of {where}"),
            )
        )
    return tuple(found)


def _handle_times(given: Any) -> HandleTimes:
    part = table(given, "handle_time")
    refuse_unknown(part, {"default", "labels"}, "handle_time")
    labels = table(part.get("labels", {}), "handle_time.labels")
    usual = HandleTimes().default
    return HandleTimes(
        _handle_time(part["default"], "handle_time.default") if "default" in part else usual,
        {str(label): _handle_time(one, f"handle_time of {label!r}") for label, one in labels.items()},
    )


def _handle_time(given: Any, where: str) -> HandleTime:
    if isinstance(given, int | float) and not isinstance(given, bool):
        return HandleTime(float(given))
    part = table(given, where)
    refuse_unknown(part, {"mean_s", "sd_s"}, where)
    spread = part.get("sd_s")
    return HandleTime(
        number(part.get("mean_s"), f"mean_s of {where}"),
        None if spread is None else number(spread, f"sd_s of {where}"),
    )


def _shifts(given: Any) -> ShiftRules:
    part = table(given, "shifts")
    refuse_unknown(part, {"starts", "hours", "days"}, "shifts")
    values: dict[str, Any] = {}
    if "starts" in part:
        starts = texts(part["starts"], "starts of shifts")
        values["starts"] = tuple(sorted({clock(one, "a start of shifts") for one in starts}))
    if "hours" in part:
        hours = items(part["hours"], "hours of shifts")
        values["hours"] = tuple(number(one, "hours of shifts") for one in hours)
    if "days" in part:
        values["days"] = whole(part["days"], "days of shifts")
    return ShiftRules(**values)


def _day(given: Any, where: str) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(given)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"Got the holiday {given!r} in {where}; expected a day such as 2026-12-25."
        ) from None
