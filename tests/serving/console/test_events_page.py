from datetime import UTC, date, datetime, timedelta

import pytest

from serving.console.events_view import event_spans, view_events
from tests.serving.console.conftest import Desk
from triage.known_event import KnownEvent
from triage.store import Store
from triage.store.known_events import list_events, put_events
from triage.store.snapshots import latest_snapshot, put_snapshot
from triage.zone import find_zone

NOW = datetime(2026, 3, 2, tzinfo=UTC)
FORM = {
    "kind": "release", "title": "Version <7>", "first_day": "2199-04-14", "last_day": "2199-04-16",
    "series": "total", "factor": "1,4",
}  # fmt: skip
OLD = KnownEvent("r6", "release", "Version 6", date(2026, 1, 20), date(2026, 1, 20))


def publish(store: Store) -> None:
    """A forecast that learnt what a release does."""
    names = ("total", "category=vpn")
    row = dict.fromkeys(
        ("mean", "q05", "q10", "q20", "q50", "q80", "q90", "q95", "spike_threshold", "spike_probability"), 5.0
    )
    rows = [{"series": name, "start": NOW + timedelta(days=n), **row} for name in names for n in range(2)]
    learnt = {"release": {"total": 1.38, "category=vpn": 2.1}}
    put_snapshot(store, "acme", "day", 2, NOW, {"zone": "Europe/London", "events": learnt}, rows)


def test_an_event_is_added_changed_and_removed_on_the_page_and_each_is_in_the_audit_log(desk: Desk):
    store = desk.house.store
    answer = desk.post("/console/volume/events", **FORM)
    assert "Version &lt;7&gt;" in answer.text and "not in a forecast yet" in answer.text
    (one,) = list_events(store, "acme")
    assert (one.kind, one.factor, one.last_day) == ("release", 1.4, date(2199, 4, 16))
    desk.post(f"/console/volume/events/change/{one.event_id}", **FORM | {"last_day": "", "factor": ""})
    (changed,) = list_events(store, "acme")
    assert (changed.event_id, changed.factor, changed.last_day) == (one.event_id, None, date(2199, 4, 14))
    gone = desk.post(f"/console/volume/events/remove/{one.event_id}")
    assert "None is on the calendar" in gone.text and list_events(store, "acme") == []
    assert desk.post(f"/console/volume/events/remove/{one.event_id}").status_code == 404
    entries = desk.house.client.get("/v1/audit", headers=desk.house.key("auditor")).json()["entries"]
    actions = [entry["action"] for entry in entries]
    assert actions.count("put_event") == 2 and actions.count("delete_event") == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"factor": "much"}, "expected a number such as 1.4"),
        ({"factor": "90"}, "factor"),
        ({"first_day": "soon"}, "for the first day of an event"),
        ({"last_day": "2199-04-01"}, "last day is before the first"),
        ({"kind": " "}, "kind"),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_kept(desk: Desk, wrong: dict, says: str):
    answer = desk.post("/console/volume/events", **FORM | wrong)
    assert answer.status_code == 422 and says in answer.text
    assert list_events(desk.house.store, "acme") == []


def test_the_learnt_effect_stands_beside_what_was_expected(desk: Desk):
    store = desk.house.store
    publish(store)
    put_events(store, "acme", [OLD], "dana", now=NOW)
    page = desk.get("/console/volume").text
    assert (
        "Moves all tickets: nothing was expected; 1.38 times an ordinary day in the newest forecast; "
        "most for vpn, 2.10 times an ordinary day." in page
    )


def test_events_ahead_come_first_and_a_chart_marks_those_that_move_its_series(store: Store):
    later = KnownEvent(
        "r7", "release", "Version 7", date(2026, 4, 14), date(2026, 4, 16), "category=vpn", 1.4
    )
    put_events(store, "acme", [OLD, later], "dana", now=NOW)
    calendar = view_events(store, "acme", latest_snapshot(store, "acme", "day"), NOW.date())
    assert [one.event.event_id for one in calendar.events] == ["r7", "r6"]
    assert (calendar.kinds, calendar.series) == (("release",), ("total", "category=vpn"))
    zone = find_zone("Europe/London")
    assert [one["title"] for one in event_spans([OLD, later], "category=mail", zone)] == ["Version 6"]
    (span,) = event_spans([later], "total", zone)
    assert span["begin"] == datetime(2026, 4, 13, 23, tzinfo=UTC).timestamp()  # summer time
    assert span["end"] - span["begin"] == 3 * 86_400


def test_who_only_looks_sees_the_calendar_without_buttons(desk: Desk):
    put_events(desk.house.store, "acme", [OLD], "dana", now=NOW)
    desk.sign_in("auditor")
    page = desk.get("/console/volume").text
    assert "Version 6" in page and "Add an event" not in page and ">Remove<" not in page
    assert desk.post("/console/volume/events", **FORM).status_code == 403
