from datetime import UTC, datetime, timedelta

from training.future import filed_by_now, is_in_future, told_of_future
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def past(number: int, **ahead: float) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}", "vpn", created_at=NOW + timedelta(**ahead)), {})


def test_what_was_filed_after_today_is_set_apart_and_told():
    tickets = [past(1, days=-2), past(2, days=9000), PastTicket(Ticket("T-3"), {}), past(4, hours=14)]
    filed = filed_by_now(tickets, NOW)
    assert filed.tickets == [tickets[0], tickets[2], tickets[3]]
    assert filed.future == [tickets[1]]
    (said,) = told_of_future(filed)
    assert said.startswith("1 ticket is filed after today (the last on 19 July 2051): ")
    assert "so it is left out" in said
    assert told_of_future(filed_by_now(tickets[:1], NOW)) == []


def test_where_most_are_in_the_future_the_clock_is_wrong():
    tickets = [past(1, days=-2), past(2, days=300), past(3, days=301)]
    filed = filed_by_now(tickets, NOW)
    assert filed.tickets == tickets and filed.is_clock_wrong
    (said,) = told_of_future(filed)
    assert said.startswith("2 tickets are filed after today") and "clock" in said


def test_a_zone_read_wrongly_is_no_future():
    assert not is_in_future(past(1, hours=14), NOW)
    assert is_in_future(past(1, hours=25), NOW)
