from dataclasses import replace

import numpy as np

from features import article_contenders
from features.knowledge import KnowledgeIndex
from features.link_recall import Link
from tests.features.fake_encoder import WordEncoder
from triage.knowledge import Article
from triage.ticket import Ticket

WORDS = [f"{first}{second}" for first in "abcdefghij" for second in "klmnopqrst"]
TICKET = Ticket("", "ak bl cm", "dn eo fp")


def made_index() -> KnowledgeIndex:
    rng = np.random.default_rng(0)
    index = KnowledgeIndex(WordEncoder(48))
    articles = [
        Article(f"A-{number:03}", " ".join(rng.choice(WORDS, 3)), " ".join(rng.choice(WORDS, 12)))
        for number in range(300)
    ]
    index.put_all(articles)
    vectors = WordEncoder(48).encode([" ".join(rng.choice(WORDS, 5)) for _ in range(200)])
    links = [Link(f"T-{number}", f"A-{rng.integers(40):03}", float(number)) for number in range(200)]
    index.remember_all(links, {f"T-{number}": vector for number, vector in enumerate(vectors)})
    index.withdraw("A-007")
    return index


def test_in_a_large_knowledge_base_the_best_are_those_of_comparing_all(monkeypatch):
    index = made_index()
    tickets = [replace(TICKET, subject=" ".join(WORDS[begin : begin + 4])) for begin in range(0, 90, 9)]
    all_compared = [index.suggest(ticket, 5) for ticket in tickets]
    for name, value in {"ALL_MAX": 100, "PASSAGES": 60, "BY_WORDS": 30, "BY_LINKS": 30, "BY_USE": 10}.items():
        monkeypatch.setattr(article_contenders, name, value)
    for ticket, expected in zip(tickets, all_compared, strict=True):
        ids, _ = index.signals(ticket)
        assert "A-007" not in ids
        assert [one.article_id for one in index.suggest(ticket, 5)] == [one.article_id for one in expected]


def test_of_a_large_knowledge_base_few_are_compared_in_a_long_list(monkeypatch):
    monkeypatch.setattr("features.vector_rows.LONG", 200)
    for name, value in {"ALL_MAX": 100, "PASSAGES": 20, "BY_WORDS": 10, "BY_LINKS": 10, "BY_USE": 5}.items():
        monkeypatch.setattr(article_contenders, name, value)
    ids, matrix = made_index().signals(TICKET)
    assert 20 <= len(ids) <= 60
    assert len(matrix) == len(ids)
