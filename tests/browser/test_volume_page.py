"""The page "Volume" in a real browser: events on the calendar and in the chart, alerts of too few people."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import Looker
from triage.spikes.alert import Alert, AlertKind
from triage.store.known_events import list_events
from triage.store.snapshots import put_snapshot
from triage.store.volume_alerts import take_alerts

pytestmark = pytest.mark.proof

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def publish(looker: Looker) -> None:
    """Publish four weeks by the day that learnt what a release does, and an alert of too few people."""
    rows = []
    for day in range(28):
        mean = 60.0 if (TODAY + timedelta(days=day)).weekday() < 5 else 20.0
        rows.append(
            {"series": "total", "start": TODAY + timedelta(days=day), "mean": mean}
            | {"q05": 0.6 * mean, "q10": 0.7 * mean, "q20": 0.85 * mean, "q50": mean, "q80": 1.2 * mean}
            | {"q90": 1.3 * mean, "q95": 1.5 * mean, "spike_threshold": 1.6 * mean, "spike_probability": 0.04}
        )
    learnt = {"zone": "UTC", "events": {"release": {"total": 1.38}}}
    put_snapshot(looker.site.store, "acme", "day", len(rows), TODAY, learnt, rows)
    begins = TODAY + timedelta(days=2, hours=8)
    short = Alert(
        "c1", AlertKind.CAPACITY, "team=network", begins, begins + timedelta(days=1, hours=10), None, 52.0,
        40.0, 0.83, 1.6,
        {"day": begins.isoformat(), "needed_p80": 60.0, "people_short": 1.5, "due_hours": 6.2, "away": 2,
         "days": [{}, {}]},
    )  # fmt: skip
    take_alerts(looker.site.store, "acme", [short], now=datetime.now(UTC))


def test_a_planner_puts_an_event_on_the_calendar_and_sees_it_in_the_chart(looker: Looker, tmp_path):
    publish(looker)
    page = looker.page
    page.set_default_timeout(60_000)
    looker.sign_in()
    page.get_by_role("link", name="Volume").click()
    page.get_by_text("83 % chance that network has too few people").wait_for()
    page.get_by_text("Add an event").click()
    form = page.locator("form[action='/console/volume/events']")
    form.get_by_label("Kind").fill("release")
    form.get_by_label("Title").fill("Version 7")
    form.get_by_label("First day").fill(f"{TODAY + timedelta(days=9):%Y-%m-%d}")
    form.get_by_label("Last day").fill(f"{TODAY + timedelta(days=11):%Y-%m-%d}")
    form.get_by_role("button", name="Add").click()
    page.get_by_text("1.38 times an ordinary day in the newest forecast").wait_for()
    (event,) = list_events(looker.site.store, "acme")
    page.reload()
    page.locator("#chart[data-drawn]").wait_for()
    assert "Version 7" in page.locator("#chart").get_attribute("data-chart")
    page.screenshot(path=str(tmp_path / "volume.png"), full_page=True)
    page.get_by_label("Change Version 7").click()
    change = page.locator(f"form[action='/console/volume/events/change/{event.event_id}']")
    change.get_by_label("Times the ordinary").fill("1.6")
    page.screenshot(path=str(tmp_path / "change.png"), full_page=True)
    change.get_by_role("button", name="Save").click()
    page.get_by_text("1.60 times an ordinary day expected").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=str(tmp_path / "volume-phone.png"), full_page=True)
    assert looker.width_of_content() == 390
    page.get_by_label("Remove Version 7").click()
    page.get_by_text("None is on the calendar.").wait_for()
    assert list_events(looker.site.store, "acme") == []
