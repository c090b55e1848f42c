"""The page "Staffing" in a real browser: setting up, what if, under and over, keeping a plan."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.browser.conftest import Looker
from triage.store.snapshots import put_snapshot
from triage.store.staffing import list_staffing_baselines

pytestmark = pytest.mark.proof

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
SETUP = """
by = "category"
zone = "Europe/London"
shifts = { starts = ["08:00", "10:00"], hours = [8.0], days = 5 }

[handle_time]
default = { mean_s = 900, sd_s = 600 }

[[channels]]
name = "tickets"
deadline = "8h"

[[teams]]
name = "desk"
hours = "Mon-Sun 08:00-18:00"
cost_per_hour = 30.0
"""


def publish(looker: Looker) -> None:
    """Publish six days by the hour, busiest at noon."""
    rows = []
    for hour in range(24 * 6):
        mean = 12.0 * max(0.05, 1 - abs(hour % 24 - 12) / 7)
        rows.append(
            {"series": "category=network", "start": TODAY + timedelta(hours=hour), "mean": mean}
            | {"q05": 0.5 * mean, "q10": 0.6 * mean, "q20": 0.8 * mean, "q50": mean, "q80": 1.2 * mean}
            | {"q90": 1.4 * mean, "q95": 1.6 * mean, "spike_threshold": 3 * mean, "spike_probability": 0.01}
        )
    put_snapshot(looker.site.store, "acme", "hour", len(rows), TODAY, {"zone": "UTC"}, rows)


def test_a_planner_sets_up_sees_who_is_short_asks_what_if_and_keeps_a_plan(looker: Looker, tmp_path):
    publish(looker)
    page = looker.page
    page.set_default_timeout(60_000)
    looker.sign_in()
    page.get_by_role("link", name="Staffing").click()
    setup = page.get_by_label("Setup", exact=True)
    assert "[[teams]]" in setup.input_value()
    setup.fill(SETUP)
    page.get_by_role("button", name="Save").click()
    page.locator("#staffing-chart[data-drawn]").wait_for()
    assert page.locator("td.slot.need").count() > 40
    assert page.locator("td.slot.closed").count() < 20
    page.get_by_label("Held against").select_option("proposed")
    page.locator("td.slot.spare, td.slot.met").first.wait_for()
    page.get_by_label("volume").fill("40")
    page.get_by_label("volume").press("Tab")
    page.get_by_text("Beside the plan without it").wait_for()
    assert page.locator("td.short").first.inner_text().startswith("+")
    page.screenshot(path=str(tmp_path / "staffing.png"), full_page=True)
    page.get_by_placeholder("March as planned").fill("as planned")
    page.get_by_role("button", name="Keep").click()
    page.locator("select[name=baseline]").wait_for()
    assert [one.name for one in list_staffing_baselines(looker.site.store, "acme")] == ["as planned"]
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#staffing-chart[data-drawn]").wait_for()
    page.screenshot(path=str(tmp_path / "staffing-phone.png"), full_page=True)
    assert looker.width_of_content() == 390
