from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from serving.console.volume_view import view_volume
from triage.store import Store
from triage.store.overrides import put_override
from triage.store.snapshots import Snapshot, SnapshotRow
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

BERN = ZoneInfo("Europe/Zurich")


def snapshot(start: datetime, interval: str, step: timedelta, zone: str = "UTC") -> Snapshot:
    rows = [
        SnapshotRow(name, start + step * n, *(float(n + q) for q in range(9)), n / 10)
        for name in ("total", "category=vpn")
        for n in range(8)
    ]
    basis = {"zone": zone, "pool": {"total": "no basis"}}
    return Snapshot("s", "acme", interval, 8, start, basis, start, tuple(rows))


def put(store: Store, *filed: datetime, label: str = "vpn") -> None:
    tickets = [PastTicket(Ticket(f"{label}-{at}", "x", "", at), {"category": label}) for at in filed]
    put_tickets(store, "acme", tickets, source="history")


def test_days_are_those_of_the_zone_across_a_change_of_the_clock(sqlite_store: Store):
    start = datetime(2026, 3, 31, tzinfo=BERN).astimezone(UTC)  # Clocks went forward on the 29th.
    put(sqlite_store, datetime(2026, 3, 27, 23, 30, tzinfo=UTC))  # The 28th in Bern.
    put(sqlite_store, datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, 1, tzinfo=UTC))
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1), BERN.key), "total", now=start)
    assert [(at.astimezone(BERN).day, count) for at, count in view.actual] == [(28, 1), (29, 1), (30, 1)]


def test_hours_without_a_ticket_count_zero_up_to_the_origin(sqlite_store: Store):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=3, minutes=-1), start + timedelta(minutes=5))
    view = view_volume(sqlite_store, snapshot(start, "hour", timedelta(hours=1)), "total", now=start)
    assert [count for _, count in view.actual] == [1, 0, 0]


def test_a_series_counts_its_own_tickets_only(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=1))
    put(sqlite_store, start - timedelta(hours=2), start - timedelta(hours=3), label="mail")
    one = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "category=vpn", now=start)
    assert [count for _, count in one.actual] == [1]


def test_the_chart_has_columns_of_one_length_and_a_median_that_goes_on_from_the_counts(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=1), start - timedelta(hours=30))
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total", now=start)
    chart = view.chart
    assert chart["events"] == []
    columns = [value for name, value in chart.items() if isinstance(value, list) and name != "events"]
    assert {len(column) for column in columns} == {2 + 8}
    assert chart["q50"][:3] == [None, 1, 4.0]
    assert view.basis.startswith("Less than two weeks of history")


def test_figures_by_day_are_tomorrow_a_week_and_the_likeliest_spike(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    figures = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total", now=start).figures
    assert [(one.title, one.figure, one.hint) for one in figures] == [
        ("Mon 2 Mar", "4", "likely 3 to 5"),
        ("Seven days", "21", "expected in all"),
        ("Likeliest spike", "70 %", "Mon 9 Mar, from 15 tickets"),
    ]


def test_figures_by_hour_are_the_busiest_one_and_no_sum_beyond_the_horizon(sqlite_store: Store):
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    figures = view_volume(
        sqlite_store, snapshot(start, "hour", timedelta(hours=1)), "total", now=start
    ).figures
    assert [one.title for one in figures] == ["Busiest: Mon 2 Mar, 13:00", "Likeliest spike"]


def test_planners_own_figures_stand_in_the_chart_and_beside_their_intervals(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    at = [start + timedelta(days=n) for n in (1, 30)]
    own = [
        put_override(
            sqlite_store, "acme", "day", series, moment, 25.0, model_mean=9.0, author="ada", reason="Mails.",
            now=start,
        )
        for series, moment in (("total", at[0]), ("total", at[1]), ("category=vpn", at[0]))
    ]  # fmt: skip
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total", own=own, now=start)
    assert view.own == (own[0],) and view.chart["own"] == [None, 25.0] + [None] * 6
    assert [view.own_figure(row) for row in view.rows[:3]] == [None, 25.0, None]


def test_a_day_that_is_going_on_is_never_below_what_has_come(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, *(start + timedelta(minutes=10 * n) for n in range(45)))
    made = snapshot(start, "day", timedelta(days=1))
    early, late = (
        view_volume(sqlite_store, made, "total", now=start + timedelta(hours=hours)) for hours in (0.45, 10)
    )
    assert early.figures[0].hint == "3 so far; likely 3 to 5 in all" and early.figures[0].figure == "4"
    assert late.figures[0].hint == "45 so far; likely 45 to 45 in all" and late.figures[0].figure == "45"
    assert late.figures[1].figure == str(21 + 45)
    # On the next day the forecast of that day stands first.
    after = view_volume(sqlite_store, made, "total", now=start + timedelta(days=1, hours=2))
    assert after.figures[0].title == "Tue 3 Mar" and after.so_far == 0
    old = view_volume(sqlite_store, made, "total", now=start + timedelta(days=12))
    assert (late.days_old, old.days_old) == (0, 12)


def test_tickets_without_a_label_are_those_of_none(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=2), start - timedelta(hours=3))
    bare = PastTicket(Ticket("bare", "x", "", start - timedelta(hours=1)))
    put_tickets(sqlite_store, "acme", [bare], source="history")
    made = snapshot(start, "day", timedelta(days=1))
    rows = tuple(replace(row, series="category=(none)") for row in made.rows if row.series == "total")
    view = view_volume(sqlite_store, replace(made, rows=rows), "category=(none)", now=start)
    assert [count for _, count in view.actual] == [1]
