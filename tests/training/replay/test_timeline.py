from datetime import UTC, datetime, timedelta

import pytest

from training.replay.timeline import ArticleKnown, LabelsKnown, LinkKnown, Timeline, as_known
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def past(number: int, **known: object) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}", "vpn", created_at=hours(number)), {"category": "vpn"}, **known)


@pytest.mark.parametrize(
    ("known", "at"),
    [
        ({}, hours(1)),
        ({"resolved_at": hours(9)}, hours(9)),
        ({"resolved_at": hours(9), "first_response_at": hours(3)}, hours(3)),
        ({"resolved_at": hours(9), "first_response_at": hours(3), "assigned_at": hours(5)}, hours(5)),
        ({"assigned_at": hours(-5)}, hours(0)),
    ],
)
def test_labels_become_known_by_the_contracts_order_and_never_before_filing(known, at):
    timeline = Timeline([past(0, **known)])
    assert timeline.known(at.timestamp()) == []
    (event,) = timeline.known(at.timestamp() + 1)
    assert isinstance(event, LabelsKnown) and event.at == at.timestamp()


def test_a_link_is_known_at_its_time_else_with_the_labels():
    ticket = past(0, assigned_at=hours(4))
    links = [
        ArticleLink("T-0", "own", hours(2)),
        ArticleLink("T-0", "with-labels"),
        ArticleLink("T-0", "too-early", hours(-9)),
        ArticleLink("T-99", "of-nothing", hours(2)),
    ]
    events = Timeline([ticket], links).known(hours(99).timestamp())
    found = {one.link.article_id: one.known_at for one in events if isinstance(one, LinkKnown)}
    assert found == {"own": hours(2), "with-labels": hours(4), "too-early": hours(0)}


def test_an_article_is_known_since_it_was_last_changed_else_always():
    articles = [Article("old", "Old", ""), Article("new", "New", "", updated_at=hours(5))]
    timeline = Timeline([past(0)], (), articles)
    before = [
        one.article.article_id for one in timeline.known(hours(5).timestamp()) if hasattr(one, "article")
    ]
    after = [one for one in timeline.known(hours(6).timestamp()) if isinstance(one, ArticleKnown)]
    assert before == ["old"] and len(after) == 2


def test_events_come_in_order_of_time_whatever_the_order_of_rows():
    tickets = [past(number, assigned_at=hours(9 - number)) for number in range(4)]
    forward, backward = Timeline(tickets), Timeline(tickets[::-1])
    assert forward.known(hours(99).timestamp()) == backward.known(hours(99).timestamp())
    assert [one.past.ticket.ticket_id for one in forward.news(0, 4)] == ["T-3", "T-2", "T-1", "T-0"]
    assert [one.ticket.ticket_id for one in backward.filed_from(hours(2).timestamp())] == ["T-2", "T-3"]


def test_what_came_later_is_not_on_a_ticket_whose_labels_are_known():
    ticket = past(
        0,
        assigned_at=hours(1),
        resolved_at=hours(8),
        closed_at=hours(20),
        status="closed",
        resolution="Restarted it.",
        reopened=1,
        reassignments=2,
    )
    early = as_known(ticket, hours(3).timestamp())
    assert early == PastTicket(ticket.ticket, ticket.labels, assigned_at=hours(1))
    solved = as_known(ticket, hours(10).timestamp())
    assert (solved.resolved_at, solved.closed_at, solved.status) == (hours(8), None, None)
    assert as_known(ticket, hours(20).timestamp()) == ticket
    (event,) = Timeline([ticket]).known(hours(3).timestamp())
    assert event.past == early


def test_a_ticket_without_a_time_of_filing_has_no_place():
    undated = PastTicket(Ticket("T-1", "vpn"), {"category": "vpn"}, assigned_at=hours(1))
    timeline = Timeline([past(0), undated], [ArticleLink("T-1", "a", hours(1))])
    assert [one.ticket.ticket_id for one in timeline.tickets] == ["T-0"]
    assert timeline.place(hours(99).timestamp()) == 1
