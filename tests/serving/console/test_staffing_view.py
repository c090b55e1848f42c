"""What the page "Staffing" shows of a plan."""

from datetime import UTC, datetime, timedelta

from serving.console.staffing_view import view_staffing
from serving.staffing_desk import Asked, StaffingDesk
from tests.serving.house import House
from tests.serving.routers.test_staffing import QUANTILES
from triage.store.snapshots import put_snapshot

FRIDAY = datetime(2026, 3, 6, 10, tzinfo=UTC)
SETUP = {"by": "total", "teams": [{"name": "desk", "hours": "Mon-Fri 08:00-18:00"}]}


def view(house: House, hours: int):
    rows = [
        {"series": "total", "start": FRIDAY + timedelta(hours=n), "mean": 0.4}
        | {name: 0.4 * factor for name, factor in QUANTILES.items()}
        | {"spike_threshold": 3.0, "spike_probability": 0.01}
        for n in range(hours)
    ]
    put_snapshot(house.store, "acme", "hour", hours, FRIDAY, {"zone": "UTC"}, rows)
    desk = StaffingDesk(house.store, lambda: FRIDAY)
    desk.write_setup("acme", SETUP, "planner")
    return view_staffing(desk.plan("acme", Asked("hour")), "desk")


def test_every_hour_in_which_the_team_works_has_a_column(house: House):
    # From ten on Friday until nine on Monday: at nine, no day of the plan has the team at work.
    found = view(house, hours=71)
    assert found.hours == tuple(f"{hour:02}:00" for hour in range(8, 18))
    friday, _, _, monday = found.days
    assert [cell.kind for cell in friday.cells[:3]] == ["closed", "closed", "need"]
    assert friday.cells[0].hint == "not in this plan" and monday.cells[0].kind == "need"


def test_open_tickets_are_drawn_in_whole_numbers(house: House):
    assert {type(one) for one in view(house, hours=8).chart["backlog"]} == {int}
