from itertools import product

import numpy as np
import pytest
import scipy.optimize  # noqa: F401 -- else the first example pays for it, and is too late
from hypothesis import given
from hypothesis import strategies as st

from features.slot_blocks import match_blocks
from features.slot_groups import match_groups
from features.slots import NOBODY, match_efforts, match_slots, total


@st.composite
def problems(draw):
    n, m = draw(st.integers(0, 4)), draw(st.integers(1, 3))
    grid = st.lists(st.sampled_from((0.0, 0.1, 0.4, 0.4, 0.9)), min_size=n * m, max_size=n * m)
    mask = st.lists(st.booleans(), min_size=n * m, max_size=n * m)
    values = np.array(draw(grid)).reshape(n, m)
    eligible = np.array(draw(mask), dtype=bool).reshape(n, m)
    return values, eligible, np.array(draw(st.lists(st.integers(0, 3), min_size=m, max_size=m)))


def best_of_all(values, eligible, fits) -> float:
    """Try every way: what a solver is held to."""
    n, m = values.shape
    tries = (np.array(one, dtype=int) for one in product(range(-1, m), repeat=n))
    return max(
        total(values, one)
        for one in tries
        if all(agent == NOBODY or eligible[row, agent] for row, agent in enumerate(one)) and fits(one)
    )


@given(problems())
def test_no_way_is_better_and_nobody_gets_too_much(problem):
    values, eligible, slots = problem
    choice = match_slots(values, eligible, slots)
    given_to = choice[choice != NOBODY]
    assert (np.bincount(given_to, minlength=len(slots)) <= slots).all()
    assert all(eligible[row, agent] for row, agent in enumerate(choice) if agent != NOBODY)

    def fits(one):
        return (np.bincount(one[one != NOBODY], minlength=len(slots)) <= slots).all()

    assert total(values, choice) == pytest.approx(best_of_all(values, eligible, fits))


@given(problems(), st.integers(0, 2))
def test_more_slots_never_lower_the_total(problem, who):
    values, eligible, slots = problem
    more = slots.copy()
    more[who % len(slots)] += 1
    before, after = (total(values, match_slots(values, eligible, one)) for one in (slots, more))
    assert after >= before - 1e-6


@given(problems(), st.data())
def test_tickets_of_different_effort_and_capped_shares_are_matched_as_well(problem, data):
    values, eligible, slots = problem
    n, m = values.shape
    efforts = np.array(data.draw(st.lists(st.sampled_from((0.5, 1.0, 2.0)), min_size=n, max_size=n)))
    of = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=bool)
    cap = np.ones(m)

    def fits(one):
        return all(
            efforts[one == agent].sum() <= slots[agent] and (one[of] == agent).sum() <= 1
            for agent in range(m)
        )

    parts = values, eligible, efforts, slots.astype(float), [(of, cap)]
    choice, good = match_efforts(*parts), match_blocks(*parts)
    best = best_of_all(values, eligible, fits)
    for one in (choice, good):
        assert fits(one)
        assert all(eligible[row, agent] for row, agent in enumerate(one) if agent != NOBODY)
    assert total(values, choice) == pytest.approx(best, abs=1e-6)
    assert total(values, good) <= best + 1e-6


def test_blocks_come_near_the_best_where_the_best_is_known():
    generator = np.random.default_rng(0)
    shares = []
    for _ in range(6):
        values = generator.dirichlet(np.full(5, 0.3), size=18)
        efforts = generator.choice([1.0, 2.0], size=18)
        parts = values, np.ones_like(values, dtype=bool), efforts, np.full(5, 5.0)
        shares.append(total(values, match_blocks(*parts)) / total(values, match_efforts(*parts)))
    # Room for two thirds of the work: the hardest case; with more room they come nearer.
    assert min(shares) > 0.9 and np.mean(shares) > 0.95


@given(problems())
def test_tickets_that_are_alike_are_matched_as_well_together_as_one_by_one(problem):
    values, eligible, slots = problem
    worth = np.repeat(np.where(eligible, values, 0.0), 2, axis=0)
    choice = match_groups(worth, slots)
    assert (np.bincount(choice[choice != NOBODY], minlength=len(slots)) <= slots).all()
    assert all(worth[row, agent] > 0 for row, agent in enumerate(choice) if agent != NOBODY)
    twice = match_slots(np.repeat(values, 2, axis=0), np.repeat(eligible, 2, axis=0), slots)
    assert total(worth, choice) == pytest.approx(total(worth, twice))


def test_tickets_that_differ_are_no_groups():
    assert match_groups(np.random.default_rng(0).random((10, 3)), np.array([9, 9, 9])) is None


def test_agents_without_end_of_room_are_no_burden():
    generator = np.random.default_rng(0)
    values = generator.random((300, 20))
    everywhere = np.ones_like(values, dtype=bool)
    choice = match_slots(values, everywhere, np.full(20, 10**9))
    assert (choice == values.argmax(axis=1)).all()


def test_a_ticket_that_nobody_is_known_for_still_goes_to_somebody():
    assert match_slots(np.zeros((2, 2)), np.ones((2, 2), dtype=bool), np.array([1, 1])).min() >= 0
