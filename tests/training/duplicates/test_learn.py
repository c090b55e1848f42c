import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from features.duplicates.index import DuplicateIndex
from features.duplicates.model import DEFAULT_MODEL
from tests.features.duplicates.test_index import vector_of
from training.duplicates.learn import LinkedHistory, learn_duplicates, linked_rows
from triage.duplicate import DuplicateLink
from triage.ticket import Ticket

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
WORDS = [f"{a}{b}ing" for a in ("load", "send", "stor", "render", "read") for b in "abcdefghijkl"]


def helpdesk(pairs=60, seed=0):
    """Tickets of random words; some repeat an earlier one with a word changed, and are linked."""
    draw = random.Random(seed)
    texts, links = [], []
    for number in range(4 * pairs):
        texts.append(" ".join(draw.sample(WORDS, 8)))
        if number >= 20 and number % 4 == 0:
            other = draw.randrange(number - 20, number)
            words = texts[other].split()
            words[0] = draw.choice(WORDS)
            texts[number] = " ".join(words)
            links.append(DuplicateLink(f"T-{number}", f"T-{other}"))
    tickets = [
        Ticket(f"T-{number}", text, created_at=BEGIN + timedelta(hours=number))
        for number, text in enumerate(texts)
    ]
    return LinkedHistory(tickets, np.stack([vector_of(text) for text in texts]), links)


@pytest.fixture(scope="module")
def learnt():
    return learn_duplicates([helpdesk()])


def test_what_was_learnt_finds_and_trusts_duplicates_elsewhere(learnt):
    other = helpdesk(seed=1)
    linked = linked_rows(other.tickets, other.links)
    index = DuplicateIndex.of(other.tickets, other.vectors, learnt)
    hits, chances = [], {True: [], False: []}
    for row in range(20, len(other.tickets)):
        best = index.find(other.tickets[row], other.vectors[row], 1, least=0.0)[0]
        is_right = index.row_of[best.ticket_id] in linked.get(row, ())
        if row in linked:
            hits.append(is_right)
        chances[is_right].append(best.chance)
    assert np.mean(hits) > 0.8
    assert np.mean(chances[True]) > 0.5 > 0.2 > np.mean(chances[False])


def test_too_few_links_teach_nothing():
    history = helpdesk()
    assert learn_duplicates([LinkedHistory(history.tickets, history.vectors, history.links[:20])]) is None
    unknown = [DuplicateLink(f"X-{number}", "T-0") for number in range(99)]
    assert learn_duplicates([LinkedHistory(history.tickets, history.vectors, unknown)]) is None


def test_few_links_stay_near_what_comes_along():
    history = helpdesk(pairs=16)
    near = learn_duplicates([history], least_links=5)
    from_nothing = learn_duplicates([history], least_links=5, begin=None)
    away = [np.linalg.norm(one.weights - DEFAULT_MODEL.weights) for one in (near, from_nothing)]
    assert away[0] < away[1]


def test_the_direction_of_a_link_does_not_matter():
    history = helpdesk(pairs=10)
    turned = [DuplicateLink(one.other, one.ticket_id) for one in history.links]
    assert linked_rows(history.tickets, history.links) == linked_rows(history.tickets, turned)


def test_chances_follow_how_often_people_link():
    """The same pairs, a third of the links: the chances of the same pairs sink."""
    history = helpdesk(pairs=180, seed=2)
    fewer = LinkedHistory(history.tickets, history.vectors, history.links[::3])
    index = DuplicateIndex.of(history.tickets, history.vectors)
    rows = sorted(linked_rows(history.tickets, history.links))
    compared = [index.compare(history.tickets[row], history.vectors[row]).signals for row in rows]

    def said(links: LinkedHistory) -> float:
        model = learn_duplicates([links])
        return float(np.mean([model.chances(one).max() for one in compared]))

    assert said(fewer) < 0.7 * said(history)
