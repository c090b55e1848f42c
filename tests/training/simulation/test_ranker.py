from datetime import UTC, datetime, timedelta

import pytest

from training.simulation.ranker import FormRanker
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ALL = ("ada", "bob", "cy")


def had(product: str, agent: str) -> PastTicket:
    return PastTicket(Ticket("x", product=product), {"assignee": agent})


def test_scores_are_shares_of_tickets_alike_and_sum_to_one():
    ranker = FormRanker()
    for days, agent in ((3, "ada"), (2, "ada"), (1, "bob")):
        ranker.learn(had("vpn", agent), NOW - days * DAY)
    ranker.learn(had("mail", "cy"), NOW - DAY)
    ranked = ranker.rank(Ticket("T", product="vpn"), NOW, ALL)
    assert [one.agent for one in ranked] == ["ada", "bob", "cy"]
    assert sum(one.score for one in ranked) == pytest.approx(1)
    assert ranked[0].reasons == ("had 2 tickets with product vpn",)
    assert ranked[2].reasons == ()
    (only,) = ranker.rank(Ticket("T", product="vpn"), NOW, ["bob", "new"])
    assert (only.agent, only.score) == ("bob", 1.0)


def test_older_tickets_count_less_until_newer_ones_outweigh_more_of_them():
    ranker = FormRanker()
    for _ in range(3):
        ranker.learn(had("vpn", "ada"), NOW - 400 * DAY)
    ranker.learn(had("vpn", "bob"), NOW - DAY)
    assert ranker.rank(Ticket("T", product="vpn"), NOW, ALL)[0].agent == "bob"


def test_without_a_past_nobody_is_known():
    assert FormRanker().rank(Ticket("T", product="vpn"), NOW, ALL) == []
