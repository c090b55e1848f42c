import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.ticket_space import TicketSpace
from features.use_totals import DAY_S, Uses, UseTotals
from features.vector_rows import VectorRows

NOW = 1_000 * DAY_S
SPACE = TicketSpace(np.array([0.1, 0.0, 0.0], dtype=np.float32), np.diag([2.0, 1.0, 0.5]).astype(np.float32))
ROWS = VectorRows.pack(np.eye(3, dtype=np.float32))


def uses(*links: tuple[int, float, int]) -> Uses:
    """Article, days before now, ticket."""
    articles, days, tickets = (np.array(column) for column in zip(*links, strict=True))
    return Uses(articles, NOW - days * DAY_S, tickets, ROWS)


def totals_of(*links: tuple[int, float, int], articles: int = 3) -> UseTotals:
    return UseTotals.none(0, 3, NOW, SPACE).plus(uses(*links), articles)


def test_a_link_loses_half_of_its_weight_with_every_half_life():
    recent, popular = totals_of((0, 14.0, 0), (1, 365.0, 0)).counts(NOW)
    assert recent[0] == pytest.approx(0.5)
    assert popular[1] == pytest.approx(0.5)
    later, _ = totals_of((0, 14.0, 0)).counts(NOW + 14 * DAY_S)
    assert later[0] == pytest.approx(0.25)


def test_a_link_without_a_time_never_fades_and_says_nothing_of_what_it_was_for():
    totals = totals_of((0, np.inf, 0))
    assert totals.counts(NOW + 9_999 * DAY_S)[1][0] == 1.0
    assert not totals.sums.any()


def test_a_ticket_is_like_the_article_that_such_tickets_used():
    totals = totals_of((0, 1.0, 0), (0, 2.0, 0), (1, 1.0, 1))
    discriminant, profile = totals.liken(ROWS.take(np.array([0]))[0], NOW, np.array([0, 1, 2, -1]))
    assert discriminant[0] > discriminant[1]
    assert profile[0] > profile[1]
    assert (discriminant[2], profile[2], discriminant[3], profile[3]) == (0, 0, 0, 0)


def test_the_discriminant_is_that_of_the_formula():
    totals = totals_of((0, 0.0, 0), (0, 365.0, 1))
    ticket = np.array([0.6, 0.8, 0.0], dtype=np.float32)
    placed = [SPACE.place(vector) for vector in (*np.eye(3)[:2], ticket)]
    average = (placed[0] + 0.5 * placed[1]) / (1.5 + 6.0)
    expected = (placed[2] @ average - average @ average / 2) / 10
    assert totals.liken(ticket, NOW, np.array([0]))[0][0] == pytest.approx(expected, rel=1e-5)
    cosine = placed[2] @ average / np.linalg.norm(placed[2]) / np.linalg.norm(average)
    assert totals.liken(ticket, NOW, np.array([0]))[1][0] == pytest.approx(cosine * 1.5 / 2.5, rel=1e-5)


@pytest.mark.parametrize("asked", [[0], [2, 0], [0, 1, 2], [1, -1, 2, 0, 1]])
def test_an_article_is_compared_alike_whatever_others_are_asked_about(asked):
    totals = totals_of((0, 1.0, 0), (1, 2.0, 1), (2, 3.0, 2), (2, 9.0, 0))
    ticket = np.array([0.6, 0.0, 0.8], dtype=np.float32)
    alone = [totals.liken(ticket, NOW, np.array([number])) for number in asked]
    together = totals.liken(ticket, NOW, np.array(asked))
    assert together[0] == pytest.approx([float(one[0][0]) for one in alone])
    assert together[1] == pytest.approx([float(one[1][0]) for one in alone])


def test_without_a_space_nothing_is_compared():
    totals = UseTotals.none(0, 3, NOW, None).plus(uses((0, 1.0, 0)), 1)
    assert not totals.liken(np.ones(3, dtype=np.float32), NOW, np.array([0]))[0].any()


links = st.lists(st.tuples(st.integers(0, 2), st.floats(0, 400), st.integers(0, 2)), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(links, links)
def test_what_is_added_and_taken_away_again_leaves_no_trace(kept, passing):
    plain = totals_of(*kept)
    passed = plain.plus(uses(*passing), 3).plus(uses(*passing), 3, -1.0)
    ticket, numbers = np.array([0.6, 0.8, 0.0], dtype=np.float32), np.arange(3)
    for one, other in zip(plain.liken(ticket, NOW, numbers), passed.liken(ticket, NOW, numbers), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    for one, other in zip(plain.counts(NOW), passed.counts(NOW), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(links, st.floats(0, 300))
def test_weighing_as_of_another_time_changes_no_answer(given_links, days):
    plain = totals_of(*given_links)
    moved = plain.as_of(NOW + days * DAY_S)
    ticket, numbers, moment = np.array([0.0, 0.6, 0.8], dtype=np.float32), np.arange(3), NOW + 50 * DAY_S
    for one, other in zip(
        plain.liken(ticket, moment, numbers), moved.liken(ticket, moment, numbers), strict=True
    ):
        np.testing.assert_allclose(one, other, atol=1e-6)
