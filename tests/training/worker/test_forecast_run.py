from datetime import UTC, datetime, timedelta

import pytest

from training.worker.forecast_run import forecast_work
from triage.errors import HistoryError, NotFoundError
from triage.store import Store
from triage.store.runs import Run, ask_for_run
from triage.store.snapshots import latest_snapshot
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

DAYS = 30
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
NOW = BEGIN + timedelta(days=DAYS - 1, hours=10, minutes=20)


def forecast(store: Store, run: Run, report=lambda stage, share: None, now: datetime = NOW):
    return forecast_work(store, clock=lambda: now)(run, report)


def ask(store: Store, by: tuple[str, ...] = ("category", "team")) -> Run:
    return ask_for_run(store, "acme", "forecast", {"days": 7, "hours": 24, "by": list(by)}, "key-1")


@pytest.fixture
def desk(store: Store) -> Store:
    """Thirty days in which four tickets a day come in, by two categories; nobody set a team."""
    ensure_workspace(store, "acme", zone="Europe/Zurich", country="CH")
    past = [
        PastTicket(
            Ticket(
                f"T-{day}-{hour}",
                subject="vpn",
                channel="phone" if hour == 3 else None,
                created_at=BEGIN + timedelta(days=day, hours=3 * hour),
            ),
            labels={"category": "vpn" if hour % 2 else "mail"},
        )
        for day in range(DAYS)
        for hour in range(4)
    ]
    put_tickets(store, "acme", [*past, PastTicket(Ticket("T-undated"))], source="history")
    return store


def test_a_forecast_run_publishes_the_volume_by_day_and_by_hour(desk: Store):
    stages: list[tuple[str, float]] = []
    run = ask(desk)
    result = forecast(desk, run, lambda stage, share: stages.append((stage, share)))
    assert result["tickets"] == 4 * DAYS and result["by"] == ["category"]
    day, hour = latest_snapshot(desk, "acme", "day"), latest_snapshot(desk, "acme", "hour")
    assert day is not None and hour is not None
    assert result["snapshots"] == {"day": day.snapshot_id, "hour": hour.snapshot_id}
    assert {row.series for row in day.rows} == {"total", "category=mail", "category=vpn"}
    assert (len(day.rows), len(hour.rows)) == (3 * 7, 3 * 24)
    assert all(3.0 < row.mean < 5.0 for row in day.rows if row.series == "total")
    assert day.basis["noticed"] == []
    shares = [round(share, 9) for _, share in stages]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_half_hours_and_channels_are_forecast_where_they_are_asked_for(desk: Store):
    asked = {"days": 1, "hours": 1, "half_hours": 48, "by": ["channel"]}
    run = ask_for_run(desk, "acme", "forecast", asked, "key-1")
    result = forecast(desk, run)
    found = latest_snapshot(desk, "acme", "30min")
    assert found is not None and result["snapshots"]["30min"] == found.snapshot_id
    assert {row.series for row in found.rows} == {"total", "channel=phone", "channel=(none)"}
    assert len(found.rows) == 3 * 48
    calls = [row for row in found.rows if row.series == "channel=phone"]
    assert sum(row.mean for row in calls) == pytest.approx(1.0, abs=0.2)
    assert calls[1].start - calls[0].start == timedelta(minutes=30)


def test_a_forecast_run_that_is_done_again_publishes_once(desk: Store):
    run = ask(desk)
    first, again = (forecast(desk, run) for _ in range(2))
    assert first == again


def test_without_tickets_there_is_nothing_to_forecast(store: Store):
    with pytest.raises(NotFoundError, match="acme"):
        forecast(store, ask(store))
    ensure_workspace(store, "acme")
    with pytest.raises(HistoryError, match="triage import"):
        forecast(store, ask_for_run(store, "acme", "train", {"by": []}, "key-1"))


def put(store: Store, *filed: datetime) -> None:
    past = [PastTicket(Ticket(f"X-{at}", subject="x", created_at=at)) for at in filed]
    put_tickets(store, "acme", past, source="history")


def test_tickets_filed_after_now_never_move_the_origin_and_are_told(desk: Store):
    put(desk, datetime(2031, 5, 5, tzinfo=UTC), NOW + timedelta(minutes=5))
    result = forecast(desk, ask(desk))
    day, hour = latest_snapshot(desk, "acme", "day"), latest_snapshot(desk, "acme", "hour")
    assert day is not None and hour is not None and result["tickets"] == 4 * DAYS
    assert day.origin == datetime(2026, 3, 30, 22, tzinfo=UTC) and hour.origin == NOW.replace(minute=0)
    assert hour.rows[0].start == hour.origin
    for one in (day, hour):
        assert one.basis["noticed"] == ["2 tickets filed after now (the last on 5 May 2031): left out."]
    assert all(3.0 < row.mean < 5.0 for row in day.rows if row.series == "total")


def test_quiet_days_up_to_now_count_and_what_is_over_is_not_forecast(desk: Store):
    now = NOW + timedelta(days=4)
    forecast(desk, ask(desk), now=now)
    day, hour = latest_snapshot(desk, "acme", "day"), latest_snapshot(desk, "acme", "hour")
    assert day is not None and hour is not None
    assert hour.origin == now.replace(minute=0) and day.origin == datetime(2026, 4, 3, 22, tzinfo=UTC)
    assert day.basis["intervals"] == DAYS + 3
    assert max(row.mean for row in day.rows if row.series == "total") < 4.0


def test_a_store_that_nobody_feeds_any_more_is_forecast_from_now_and_asked_about_its_feed(desk: Store):
    now = NOW + timedelta(days=200)
    forecast(desk, ask(desk), now=now)
    day, hour = latest_snapshot(desk, "acme", "day"), latest_snapshot(desk, "acme", "hour")
    assert day is not None and hour is not None
    assert day.origin == day.rows[0].start == datetime(2026, 10, 16, 22, tzinfo=UTC)
    assert hour.origin == hour.rows[0].start == now.replace(minute=0)
    for one in (day, hour):
        said = one.basis["noticed"][0]
        assert "since 31 Mar 2026, for 199 whole days" in said and "is the feed broken?" in said
    assert all(3.0 < row.mean < 5.0 for row in day.rows if row.series == "total")


def test_a_history_of_years_ago_is_forecast_from_its_last_ticket_and_it_is_told(desk: Store):
    forecast(desk, ask(desk), now=NOW + timedelta(days=2_000))
    day = latest_snapshot(desk, "acme", "day")
    assert day is not None and day.origin == datetime(2026, 3, 31, 22, tzinfo=UTC)
    assert "the history ends there, and the forecast begins" in day.basis["noticed"][0]


def test_tickets_that_wait_for_their_team_do_not_become_a_series(desk: Store):
    put(desk, *(NOW - timedelta(minutes=15 * n) for n in range(1, 6)))
    forecast(desk, ask(desk))
    hour = latest_snapshot(desk, "acme", "hour")
    assert hour is not None
    assert {row.series for row in hour.rows} == {"total", "category=mail", "category=vpn"}
    assert "without a category" in hour.basis["noticed"][0]
