from datetime import UTC, datetime, timedelta

import pytest

from triage.absence import Absence
from triage.agent import Agent
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import get_agent, put_absence, put_agents
from triage.store.calendars import add_absences, put_calendars
from triage.store.revisions import Kind, read_revisions

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def people(store: Store) -> None:
    put_agents(store, "acme", [Agent("ada"), Agent("bob")])


def of(store: Store, agent: str) -> list[str | None]:
    found = get_agent(store, "acme", agent)
    assert found is not None
    return sorted(one.uid or "told" for one in found.absences)


def test_the_same_calendar_again_changes_nothing(store: Store):
    told = {"ada": [Absence(NOON, NOON + DAY, "u1"), Absence(NOON + DAY, NOON + 2 * DAY, "u1")]}
    for _ in range(2):
        put_calendars(store, "acme", told, {"u1"})
        assert of(store, "ada") == ["u1", "u1"]


def test_what_a_file_says_of_an_event_goes_for_agents_too_whom_it_names_no_more(store: Store):
    put_calendars(store, "acme", {"ada": [Absence(NOON, NOON + DAY, "u1"), Absence(NOON, NOON + DAY, "u2")]})
    put_absence(store, "acme", "ada", Absence(NOON, NOON + DAY))
    seen = read_revisions(store, "acme")[Kind.AGENTS]
    # Cancelled, or of somebody else now; what a person told stays.
    put_calendars(store, "acme", {"bob": [Absence(NOON, NOON + DAY, "u1")]}, {"u1", "u9"})
    assert (of(store, "ada"), of(store, "bob")) == (["told", "u2"], ["u1"])
    put_calendars(store, "acme", {}, {"u2"})
    assert of(store, "ada") == ["told"]
    assert read_revisions(store, "acme")[Kind.AGENTS] > seen + 1
    put_agents(store, "other", [Agent("ada")])
    put_calendars(store, "other", {}, {"u1"})
    assert of(store, "bob") == ["u1"]


def test_absences_of_a_table_are_added_and_stored_once(store: Store):
    put_calendars(store, "acme", {"ada": [Absence(NOON, NOON + DAY, "u1")]})
    for _ in range(2):
        add_absences(store, "acme", {"ada": [Absence(NOON, NOON + DAY)], "bob": [Absence(NOON)]})
        assert (of(store, "ada"), of(store, "bob")) == (["told", "u1"], ["told"])


def test_nobody_is_half_told(store: Store):
    with pytest.raises(NotFoundError):
        add_absences(store, "acme", {"ada": [Absence(NOON)], "zoe": [Absence(NOON)]})
    assert of(store, "ada") == []
