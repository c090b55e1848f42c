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
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1), BERN.key), "total")
    assert [(at.astimezone(BERN).day, count) for at, count in view.actual] == [(28, 1), (29, 1), (30, 1)]


def test_hours_without_a_ticket_count_zero_up_to_the_origin(sqlite_store: Store):
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=3, minutes=-1), start + timedelta(minutes=5))
    view = view_volume(sqlite_store, snapshot(start, "hour", timedelta(hours=1)), "total")
    assert [count for _, count in view.actual] == [1, 0, 0]


def test_a_series_counts_its_own_tickets_only(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=1))
    put(sqlite_store, start - timedelta(hours=2), start - timedelta(hours=3), label="mail")
    one = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "category=vpn")
    assert [count for _, count in one.actual] == [1]


def test_the_chart_has_columns_of_one_length_and_a_median_that_goes_on_from_the_counts(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    put(sqlite_store, start - timedelta(hours=1), start - timedelta(hours=30))
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total")
    chart = view.chart
    assert chart["events"] == []
    columns = [value for name, value in chart.items() if isinstance(value, list) and name != "events"]
    assert {len(column) for column in columns} == {2 + 8}
    assert chart["q50"][:3] == [None, 1, 4.0]
    assert view.basis.startswith("Less than two weeks of history")


def test_figures_by_day_are_tomorrow_a_week_and_the_likeliest_spike(sqlite_store: Store):
    start = datetime(2026, 3, 2, tzinfo=UTC)
    figures = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total").figures
    assert [(one.title, one.figure, one.hint) for one in figures] == [
        ("Mon 2 Mar", "4", "likely 3 to 5"),
        ("Seven days", "21", "expected in all"),
        ("Likeliest spike", "70 %", "Mon 9 Mar, from 15 tickets"),
    ]


def test_figures_by_hour_are_the_busiest_one_and_no_sum_beyond_the_horizon(sqlite_store: Store):
    start = datetime(2026, 3, 2, 6, tzinfo=UTC)
    figures = view_volume(sqlite_store, snapshot(start, "hour", timedelta(hours=1)), "total").figures
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
    view = view_volume(sqlite_store, snapshot(start, "day", timedelta(days=1)), "total", own=own)
    assert view.own == (own[0],) and view.chart["own"] == [None, 25.0] + [None] * 6
    assert [view.own_figure(row) for row in view.rows[:3]] == [None, 25.0, None]
