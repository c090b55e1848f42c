import time

import numpy as np
import pytest

from features.link_memory import UNRELATED, LinkMemory
from features.link_recall import Link
from features.ticket_space import TicketSpace
from features.use_totals import DAY_S

NOW = 1_000 * DAY_S
EAST, NORTH = np.array([1.0, 0.0], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32)


def memory_of(*links: tuple[str, np.ndarray, str, float]) -> LinkMemory:
    memory = LinkMemory.empty(2)
    for ticket_id, vector, article_id, known_at in links:
        memory = memory.remember([Link(ticket_id, article_id, known_at)], {ticket_id: vector})
    return memory


def test_similar_tickets_count_most():
    memory = memory_of(("T-1", EAST, "a", 0.0), ("T-2", NORTH, "b", 0.0), ("T-3", NORTH, "b", 0.0))
    recall = memory.recall("", EAST, NOW)
    assert list(memory.article_numbers) == ["a", "b"]
    assert recall.links[0] > recall.links[1]
    assert recall.nearest == pytest.approx([1.0 - UNRELATED, 0.0])
    assert recall.popular[1] > recall.popular[0]


def test_a_link_that_was_not_known_yet_does_not_count():
    memory = memory_of(("T-1", EAST, "a", NOW + 1))
    assert len(memory.recall("", EAST, NOW).tickets) == 0
    assert len(memory.recall("", EAST, NOW + 1).tickets) == 1
    assert len(memory.recall("", EAST).tickets) == 1


def test_a_tickets_own_links_do_not_count():
    memory = memory_of(("T-1", EAST, "a", 0.0))
    assert memory.recall("T-1", EAST, NOW).nearest == pytest.approx([0.0])


def test_newer_links_count_more():
    memory = memory_of(("T-1", EAST, "old", NOW - 900 * DAY_S), ("T-2", EAST, "new", NOW - DAY_S))
    recall = memory.recall("", EAST, NOW)
    assert recall.links[1] > recall.links[0]
    assert recall.recent[1] - recall.recent[0] > recall.popular[1] - recall.popular[0] > 0


def test_links_without_a_time_are_always_known_and_never_old():
    memory = memory_of(("T-1", EAST, "a", float("-inf")), ("T-2", EAST, "b", NOW - 900 * DAY_S))
    for moment in (NOW, np.inf, -NOW):
        recall = memory.recall("", EAST, moment)
        assert recall.links[0] >= recall.links[1]
        assert np.isfinite(recall.links).all()


def test_remembering_one_by_one_equals_building_at_once():
    links = [("T-1", "a", 5.0), ("T-1", "b", 6.0), ("T-2", "a", 7.0), ("T-1", "a", 9.0)]
    vectors = {"T-1": EAST, "T-2": NORTH}
    grown = memory_of(*((t, vectors[t], a, moment) for t, a, moment in links))
    built = LinkMemory.build(["T-1", "T-2"], np.stack([EAST, NORTH]), [Link(*link) for link in links])
    assert len(grown) == len(built) == 3
    np.testing.assert_array_equal(grown.recall("", EAST, NOW).links, built.recall("", EAST, NOW).links)
    assert list(built.known_at) == [5.0, 6.0, 7.0]


def test_links_of_unrelated_tickets_say_next_to_nothing():
    recall = memory_of(("T-1", NORTH, "a", NOW)).recall("", EAST, NOW)
    assert recall.links == pytest.approx([0.0], abs=1e-3)
    assert recall.nearest == pytest.approx([0.0])


def test_a_dismissal_speaks_against_the_article_also_for_its_own_ticket():
    memory = memory_of(("T-1", EAST, "a", NOW), ("T-2", EAST, "b", NOW))
    memory = memory.remember([Link("T-3", "a", NOW, dismissed=True)], {"T-3": EAST})
    for ticket_id in ("", "T-3"):
        recall = memory.recall(ticket_id, EAST, NOW)
        assert recall.dismissed[0] > 1 and recall.dismissed[1] == 0
        assert recall.nearest == pytest.approx([0.0, 0.6], abs=1e-4)
        assert set(recall.tickets.tolist()) == {0, 1}
    assert not memory.recall("", EAST, NOW - 1).dismissed.any()


def test_one_dismissal_among_many_uses_says_little():
    dismissal = ("T-0", EAST, "a", NOW)
    few = memory_of(("T-1", EAST, "a", NOW))
    many = memory_of(*((f"T-{number}", EAST, "a", NOW) for number in range(1, 10)))
    few, many = (
        one.remember([Link(dismissal[0], "a", NOW, dismissed=True)], {"T-0": EAST}) for one in (few, many)
    )
    assert many.recall("", EAST, NOW).dismissed[0] < few.recall("", EAST, NOW).dismissed[0] / 3


def test_uses_count_by_their_net_share_among_look_alikes():
    uses = memory_of(*((f"T-{number}", EAST, "a", NOW) for number in range(3)))
    plain = uses.recall("", EAST, NOW)
    np.testing.assert_array_equal(plain.trust, [1.0])
    for dismissals, share in ((1, 2 / 3), (2, 1 / 3), (3, 0.0), (4, 0.0)):
        given = [Link(f"D-{number}", "a", NOW, dismissed=True) for number in range(dismissals)]
        recall = uses.remember(given, {one.ticket_id: EAST for one in given}).recall("", EAST, NOW)
        assert recall.trust == pytest.approx([share], abs=1e-4)
        for name in ("links", "nearest", "recent", "popular"):
            assert getattr(recall, name) == pytest.approx(getattr(plain, name) * share, abs=1e-3)


def test_dismissals_for_other_questions_leave_a_use_as_it_is():
    memory = memory_of(("T-1", EAST, "a", NOW))
    memory = memory.remember([Link("T-2", "a", NOW, dismissed=True)], {"T-2": NORTH})
    assert memory.recall("", EAST, NOW).trust == pytest.approx([1.0], abs=1e-6)


def test_a_link_dated_ahead_is_known_from_now_on_and_ages_no_other():
    today = time.time()
    one = memory_of(("T-1", EAST, "a", today - 1)).recall("", EAST)
    ahead = memory_of(("T-1", EAST, "a", today - 1), ("T-2", NORTH, "b", today + 1_500 * DAY_S))
    assert ahead.totals.base == pytest.approx(today, abs=60)
    assert ahead.recall("", EAST).links[0] == pytest.approx(one.links[0], abs=1e-6)


def test_the_last_word_of_a_ticket_and_an_article_counts():
    memory = memory_of(("T-1", EAST, "a", 1.0))
    dismissed = memory.remember([Link("T-1", "a", 2.0, dismissed=True)], {})
    assert (len(dismissed), dismissed.dismissed.tolist()) == (1, [True])
    used = dismissed.remember([Link("T-1", "a", 3.0)], {})
    assert (used.dismissed.tolist(), used.known_at.tolist()) == ([False], [3.0])
    np.testing.assert_allclose(used.totals.counts(3.0)[1], [1.0])


def test_a_forgotten_link_counts_no_more_and_can_be_told_again():
    memory = memory_of(("T-1", EAST, "a", NOW), ("T-2", EAST, "b", NOW))
    forgotten = memory.forget([("T-1", "a"), ("T-9", "a"), ("T-1", "z")])
    assert len(forgotten) == 1
    assert forgotten.recall("", EAST, NOW).nearest == pytest.approx([0.0, 0.6])
    assert forgotten.totals.counts(NOW)[0] == pytest.approx([0.0, 1.0])
    assert len(forgotten.remember([Link("T-1", "a", NOW)], {})) == 2


@pytest.mark.parametrize("age_days", [1.0, 300.0])
def test_the_past_is_seen_as_if_nothing_had_come_after(age_days):
    space = TicketSpace(np.zeros(2, dtype=np.float32), np.eye(2, dtype=np.float32))
    old = [Link("T-1", "a", NOW - 400 * DAY_S), Link("T-2", "b", NOW - 350 * DAY_S)]
    new = [Link("T-3", "a", NOW), Link("T-4", "c", NOW - DAY_S / 2)]
    vectors = {"T-1": EAST, "T-2": NORTH, "T-3": NORTH, "T-4": EAST}
    then = LinkMemory.empty(2, space).remember(old, vectors)
    now = then.remember(new, vectors)
    moment = NOW - age_days * DAY_S
    before, after = then.recall("", EAST, moment), now.recall("", EAST, moment)
    for name in ("links", "nearest", "recent", "popular"):
        np.testing.assert_allclose(getattr(after, name)[:2], getattr(before, name), atol=1e-9)
    numbers = np.array([0, 1])
    for one, other in zip(
        before.totals.liken(EAST, before.moment, numbers),
        after.totals.liken(EAST, after.moment, numbers),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, atol=1e-9)
