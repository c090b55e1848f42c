from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from features.duplicates.index import COMPARED, DuplicateIndex
from features.duplicates.model import DEFAULT_MODEL, SIGNALS
from features.duplicates.words import read_words
from triage.ticket import Ticket

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
TEXTS = [
    "NullPointerException in DataNode.run after restart",
    "Password reset mail never arrives",
    "Printer on floor three jams",
    "DataNode fails with NullPointerException when restarted",
    "Login page is blank in the morning",
    "Export to CSV drops the last row",
]


def ticket(number, text, **more):
    return Ticket(f"T-{number}", text, "Since the last release.", BEGIN + timedelta(days=number), **more)


def vector_of(text):
    """A bag of hashed words as a unit vector: like texts lie near each other."""
    found = np.zeros(64, np.float32)
    for word in text.lower().split():
        found[sum(word.encode()) % 64] += 1
    return found / np.linalg.norm(found)


TICKETS = [ticket(number, text) for number, text in enumerate(TEXTS)]
VECTORS = np.stack([vector_of(text) for text in TEXTS])


def test_names_in_code_are_told_apart_and_split():
    words = read_words(Ticket("T", "fs.defaultFS is ignored", "at org.acme.NameNode.start(NameNode.java)"))
    assert "org.acme.namenode.start" in words.names and "fs.defaultfs" in words.names
    assert (
        words.everything["node"] >= 1 and words.subject["ignored"] == 1 and words.everything["ignored"] == 3
    )


def test_the_earlier_ticket_that_says_the_same_is_found_first_with_what_they_share():
    index = DuplicateIndex.of(TICKETS, VECTORS)
    found = index.find(TICKETS[3], VECTORS[3], 3, least=0.0)
    assert found[0].ticket_id == "T-0" and len(found) == 3
    assert {"datanode", "nullpointerexception"} & set(found[0].shared)
    assert found[0].chance > found[1].chance


def test_only_earlier_tickets_are_compared_and_never_the_ticket_itself():
    index = DuplicateIndex.of(TICKETS, VECTORS)
    assert index.find(TICKETS[0], VECTORS[0], 5, least=0.0) == []
    assert {one.ticket_id for one in index.find(TICKETS[2], VECTORS[2], 5, least=0.0)} == {"T-0", "T-1"}
    undated = Ticket("T-3", TEXTS[3])
    assert "T-3" not in {one.ticket_id for one in index.find(undated, VECTORS[3], 9, least=0.0)}


def test_an_empty_index_and_an_empty_text_find_nothing():
    empty = DuplicateIndex.empty(64)
    assert empty.find(TICKETS[3], VECTORS[3], 3, least=0.0) == []
    assert empty.compare(TICKETS[3], VECTORS[3]).signals.shape == (0, len(SIGNALS))
    index = DuplicateIndex.of(TICKETS, VECTORS)
    assert len(index.find(Ticket("N"), np.zeros(64, np.float32), 3, least=0.0)) == 3


def test_added_one_by_one_it_says_the_same_as_made_at_once():
    grown = DuplicateIndex.empty(64)
    for one, vector in zip(TICKETS, VECTORS, strict=True):
        grown = grown.add(one, vector)
    whole = DuplicateIndex.of(TICKETS, VECTORS)
    asked = ticket(9, TEXTS[3])
    told, also = grown.compare(asked, VECTORS[3]), whole.compare(asked, VECTORS[3])
    assert np.array_equal(told.rows, also.rows) and np.allclose(told.signals, also.signals, atol=1e-5)


def test_a_ticket_that_came_again_counts_once():
    index = DuplicateIndex.of(TICKETS, VECTORS).add(TICKETS[0], VECTORS[0])
    found = index.find(ticket(9, TEXTS[3]), VECTORS[3], 9, least=0.0)
    assert [one.ticket_id for one in found].count("T-0") == 1


def test_what_grew_from_an_index_leaves_it_as_it_was():
    index = DuplicateIndex.of(TICKETS[:2], VECTORS[:2])
    one, other = index.add(TICKETS[2], VECTORS[2]), index.add(TICKETS[3], VECTORS[3])
    asked = ticket(9, TEXTS[3])
    for grown, names in (
        (index, {"T-0", "T-1"}),
        (one, {"T-0", "T-1", "T-2"}),
        (other, {"T-0", "T-1", "T-3"}),
    ):
        assert {found.ticket_id for found in grown.find(asked, VECTORS[3], 9, least=0.0)} == names


def test_the_newest_alone_say_the_same_as_if_there_had_been_no_others():
    grown = DuplicateIndex.of(TICKETS[:2], VECTORS[:2])
    for one, vector in zip(TICKETS[2:], VECTORS[2:], strict=True):
        grown = grown.add(one, vector)
    grown = grown.add(TICKETS[2], VECTORS[2])
    newest = grown.newest(3)
    alone = DuplicateIndex.of([*TICKETS[-2:], TICKETS[2]], np.stack([*VECTORS[-2:], VECTORS[2]]))
    asked = ticket(9, TEXTS[3])
    assert len(newest) == 3 and newest.ticket_ids == alone.ticket_ids and newest.row_of == alone.row_of
    told, also = newest.compare(asked, VECTORS[3]), alone.compare(asked, VECTORS[3])
    assert np.array_equal(told.rows, also.rows) and np.allclose(told.signals, also.signals, atol=1e-5)


def test_one_requester_and_a_short_time_are_signals():
    tickets = [ticket(0, TEXTS[0], requester="ada"), ticket(1, TEXTS[0], requester="bob")]
    index = DuplicateIndex.of(tickets, np.stack([VECTORS[0]] * 2))
    signals = index.compare(ticket(2, TEXTS[0], requester="ada"), VECTORS[0]).signals
    same, age = SIGNALS.index("same_requester"), SIGNALS.index("age")
    assert signals[:, same].tolist() == [1.0, 0.0] and signals[0, age] > signals[1, age]


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(len(TICKETS))))
def test_the_order_of_arrival_changes_no_chance(order):
    index = DuplicateIndex.of([TICKETS[one] for one in order], VECTORS[list(order)])
    asked = ticket(9, "DataNode restart NullPointerException")
    told = {one.ticket_id: one.chance for one in index.find(asked, vector_of(asked.subject), 9, least=0.0)}
    whole = DuplicateIndex.of(TICKETS, VECTORS)
    also = {one.ticket_id: one.chance for one in whole.find(asked, vector_of(asked.subject), 9, least=0.0)}
    assert told.keys() == also.keys() and all(abs(told[one] - also[one]) < 1e-6 for one in told)


def test_chances_lie_between_nothing_and_certainty():
    chances = DEFAULT_MODEL.chances(np.random.default_rng(0).normal(size=(50, len(SIGNALS))))
    assert ((chances >= 0) & (chances <= 1)).all()


def many_tickets(count):
    """Tickets of two random words in a few groups that lie near each other in meaning."""
    random = np.random.default_rng(0)
    groups = random.standard_normal((40, 96))
    vectors = groups[random.integers(40, size=count)] + random.standard_normal((count, 96)) * 0.6
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = random.integers(400, size=(count, 2)).tolist()
    tickets = [ticket(number, f"w{one} v{other}") for number, (one, other) in enumerate(words)]
    return tickets, vectors.astype(np.float32)


def signals_by_measuring_all(index, asked, vector):
    """The cosine and its rank among all earlier tickets, by row."""
    cosines = np.where(index.filed_at < asked.created_at.timestamp(), index.vectors.cosines(vector), -np.inf)
    return cosines, np.array([(cosines > one).sum() for one in cosines])


def test_in_a_short_list_meaning_is_ranked_by_measuring_all():
    tickets, vectors = many_tickets(1_000)
    index = DuplicateIndex.of(tickets, vectors)
    found = index.compare(tickets[900], vectors[900])
    cosines, ranks = signals_by_measuring_all(index, tickets[900], vectors[900])
    meaning, by_rank = SIGNALS.index("meaning"), SIGNALS.index("meaning_rank")
    assert set(np.argsort(-cosines)[:COMPARED]) <= set(found.rows)
    np.testing.assert_allclose(found.signals[:, meaning], cosines[found.rows], atol=1e-6)
    np.testing.assert_allclose(found.signals[:, by_rank], 10 / (10 + ranks[found.rows]), atol=1e-6)


def test_in_a_long_list_hardly_any_of_the_nearest_are_missed_and_far_ones_are_ranked_about(monkeypatch):
    monkeypatch.setattr("features.vector_rows.LONG", 2_000)
    tickets, vectors = many_tickets(4_000)
    index = DuplicateIndex.of(tickets, vectors)
    assert index.vectors.axes is not None
    meaning, by_rank = SIGNALS.index("meaning"), SIGNALS.index("meaning_rank")
    shares = []
    for row in range(3_900, 3_930):
        found = index.compare(tickets[row], vectors[row])
        cosines, ranks = signals_by_measuring_all(index, tickets[row], vectors[row])
        shares.append(np.isin(np.argsort(-cosines)[:COMPARED], found.rows).mean())
        np.testing.assert_allclose(found.signals[:, meaning], cosines[found.rows], atol=1e-6)
        np.testing.assert_allclose(found.signals[:, by_rank], 10 / (10 + ranks[found.rows]), atol=0.07)
    assert np.mean(shares) > 0.95
