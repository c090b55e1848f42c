from datetime import UTC, datetime, timedelta

import pytest

from serving.floor import FloorHost
from serving.zone_change import move_workspace
from triage.agent import Agent
from triage.errors import ConflictError, InputError, NotFoundError
from triage.policy import Policy
from triage.sla.book import SlaBook
from triage.sla.calendar import BusinessCalendar
from triage.store import Store
from triage.store.agents import put_agents
from triage.store.overrides import put_override
from triage.store.runs import ask_for_run, finish_run, list_runs, start_run
from triage.store.sla_books import write_book
from triage.store.staffing import write_staffing_setup
from triage.store.workspaces import ensure_workspace, get_workspace

# 07:30 in Berlin and 15:30 in Tokyo, on a Monday.
NOW = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
ADA = Agent("ada", team="web", shift="Mon-Fri 08:00-17:00")
PARAMETERS = {"days": 28, "hours": 72, "by": ["team"]}


def forecast(store: Store) -> None:
    run = ask_for_run(store, "acme", "forecast", PARAMETERS, "ada")
    start_run(store, run.run_id)
    finish_run(store, run.run_id, {})


def test_shifts_without_a_zone_follow_at_once(store: Store):
    ensure_workspace(store, "acme", zone="Europe/Berlin")
    put_agents(store, "acme", [ADA])
    host, policy = FloorHost(store), Policy()

    def is_there() -> bool:
        floor = host.look("acme", policy, NOW)
        assert floor is not None
        return floor.situation.roster.presence(ADA, NOW).is_there

    assert not is_there()
    done = move_workspace(store, "acme", "Asia/Tokyo", "ada")
    assert is_there()
    assert (done.previous, done.zone, done.is_forecast) == ("Europe/Berlin", "Asia/Tokyo", False)
    assert get_workspace(store, "acme").zone == "Asia/Tokyo"


def test_a_forecast_is_asked_for_as_it_was_made_last(store: Store):
    ensure_workspace(store, "acme")
    forecast(store)
    assert move_workspace(store, "acme", "Asia/Tokyo", "ada").is_forecast
    newest = list_runs(store, "acme", kind="forecast", limit=1)[0]
    assert (newest.is_active, newest.parameters) == (True, PARAMETERS)
    with pytest.raises(ConflictError, match="cancel"):
        move_workspace(store, "acme", "Europe/Berlin", "ada")
    assert get_workspace(store, "acme").zone == "Asia/Tokyo"
    # The zone that it has needs no other forecast.
    assert not move_workspace(store, "acme", "Asia/Tokyo", "ada").is_forecast


def test_what_keeps_its_own_zone_is_named(store: Store):
    ensure_workspace(store, "acme")
    calendars = [
        BusinessCalendar("berlin", "Mon-Fri 09:00-17:00", "Europe/Berlin"),
        BusinessCalendar("tokyo", "Mon-Fri 09:00-17:00", "Asia/Tokyo"),
        BusinessCalendar("always"),
    ]
    write_book(store, "acme", SlaBook(calendars={one.name: one for one in calendars}), "ada")
    write_staffing_setup(store, "acme", {"zone": "Europe/Berlin"}, "ada")
    moment = datetime.now(UTC) + timedelta(days=2)
    put_override(
        store, "acme", "day", "total", moment, 9.0, model_mean=7.0, author="ada", reason="fair", now=NOW
    )
    done = move_workspace(store, "acme", "Asia/Tokyo", "ada")
    assert (done.calendars, done.staffing_zone, done.overrides) == (("berlin",), "Europe/Berlin", 1)


def test_only_names_of_zones_and_workspaces_that_there_are_are_taken(store: Store):
    with pytest.raises(NotFoundError):
        move_workspace(store, "acme", "Asia/Tokyo", "ada")
    ensure_workspace(store, "acme")
    for name in ("Berlin", "CET+1", "../etc/passwd", ""):
        with pytest.raises(InputError, match="IANA"):
            move_workspace(store, "acme", name, "ada")
    assert get_workspace(store, "acme").zone == "UTC"
