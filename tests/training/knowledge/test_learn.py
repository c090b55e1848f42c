from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from features.article_ranking import DEFAULT_WEIGHTS, SPACE_WEIGHTS, TEXT_SIGNALS
from features.article_signals import SIGNALS
from tests.features.fake_encoder import WordEncoder
from training.knowledge.learn import LEAST_TEXT, learn_knowledge, link_known_at, recall_links
from triage.knowledge import Article, ArticleLink
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 5, tzinfo=UTC)
PROBLEMS = ["printer jam", "vpn tunnel", "mail quota", "screen flicker", "badge reader"]
ARTICLES = [Article(f"A-{number}", f"Procedure {number}", "Do it.") for number in range(len(PROBLEMS))]


def helpdesk(tickets: int) -> tuple[list[PastTicket], list[ArticleLink]]:
    """Articles share no word with the tickets that they solve: only links can teach it."""
    rng = np.random.default_rng(1)
    past, links = [], []
    for number in range(tickets):
        kind = int(rng.integers(len(PROBLEMS)))
        ticket = Ticket(
            f"T-{number}",
            f"{PROBLEMS[kind]} again",
            f"desk {rng.integers(99)}",
            created_at=START + timedelta(hours=number),
        )
        past.append(PastTicket(ticket, first_response_at=START + timedelta(hours=number, minutes=30)))
        links.append(ArticleLink(ticket.ticket_id, f"A-{kind}"))
    return past, links


def test_what_people_linked_is_learnt():
    past, links = helpdesk(200)
    index = learn_knowledge(ARTICLES, links, past, WordEncoder())
    assert index.basis == "learnt"
    assert index.weights.learnt_from == 150
    assert index.weights.held_out["hit_at_1"] > 0.9
    assert index.weights.held_out["tickets"] == 30
    for kind, problem in enumerate(PROBLEMS):
        assert index.suggest(Ticket("", f"{problem} once more"))[0].article_id == f"A-{kind}"


def test_learning_twice_gives_the_same():
    past, links = helpdesk(120)
    first, second = (learn_knowledge(ARTICLES, links, past, WordEncoder()) for _ in range(2))
    assert first.weights == second.weights
    ticket = Ticket("", "vpn tunnel down")
    assert first.suggest(ticket) == second.suggest(ticket)


def test_few_links_leave_the_default_weights_but_count():
    past, links = helpdesk(20)
    index = learn_knowledge(ARTICLES, links, past, WordEncoder())
    assert index.weights == DEFAULT_WEIGHTS
    assert index.basis == "links"
    assert index.suggest(Ticket("", "badge reader again"))[0].article_id == "A-4"


def test_no_links_at_all_and_links_of_nothing_known_work():
    past, _ = helpdesk(3)
    assert learn_knowledge(ARTICLES, [], past, WordEncoder()).basis == "text"
    strays = [ArticleLink("T-0", "gone"), ArticleLink("unknown", "A-1")]
    index = learn_knowledge(ARTICLES, strays, past, WordEncoder())
    assert {suggestion.article_id for suggestion in index.suggest(past[1].ticket)} == set(index.article_ids)


def test_choices_that_follow_no_signal_do_not_spoil_the_weights():
    past, links = helpdesk(200)
    rng = np.random.default_rng(5)
    shuffled = [ArticleLink(link.ticket_id, f"A-{rng.integers(len(ARTICLES))}") for link in links]
    index = learn_knowledge(ARTICLES, shuffled, past, WordEncoder())
    measured = index.weights.held_out
    assert not measured or measured["hit_at_1"] < 0.6


def test_only_linked_tickets_are_encoded():
    past, links = helpdesk(10)
    encoder = WordEncoder()
    recall_links(links[:4], past, encoder)
    assert len(encoder.encoded) == 4


def test_a_link_is_known_from_its_own_time_else_with_the_labels_never_before_filing():
    filed = Ticket("T", created_at=START)
    hour = timedelta(hours=1)
    cases = {
        START + 2 * hour: (ArticleLink("T", "A", created_at=START + 2 * hour), PastTicket(filed)),
        START + 3 * hour: (ArticleLink("T", "A"), PastTicket(filed, first_response_at=START + 3 * hour)),
        START + hour: (ArticleLink("T", "A"), PastTicket(filed)),
        START: (ArticleLink("T", "A", created_at=START - hour), PastTicket(filed)),
    }
    for expected, (link, past) in cases.items():
        assert link_known_at(link, past) == expected.timestamp()
    assert link_known_at(ArticleLink("T", "A"), PastTicket(Ticket("T"))) == float("-inf")


def test_a_ticket_is_learnt_from_as_of_its_filing():
    past, links = helpdesk(120)
    known_too_late = [
        ArticleLink(link.ticket_id, link.article_id, created_at=START + timedelta(days=99)) for link in links
    ]
    index = learn_knowledge(ARTICLES, known_too_late, past, WordEncoder())
    assert not index.weights.held_out or index.weights.held_out["hit_at_1"] < 0.6


def test_the_text_keeps_half_its_weight_where_that_of_old_articles_misled():
    past, links = helpdesk(200)
    misleading = [replace(one, title=PROBLEMS[at - 1]) for at, one in enumerate(ARTICLES)]
    index = learn_knowledge(misleading, links, past, WordEncoder())
    assert index.basis == "learnt"
    for name in TEXT_SIGNALS:
        at = SIGNALS.index(name)
        assert index.weights.values[at] >= LEAST_TEXT * SPACE_WEIGHTS.values[at] - 1e-4
    index.put(Article("new", "Printer jam insurance", "Call the insurer about the roof garden."))
    assert index.search("printer jam insurance")[0].article_id == "new"
