from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.splits import SMALL, folds, has_order
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 5, tzinfo=UTC)


def tickets(hours: list[float | None]) -> list[PastTicket]:
    moments = [None if one is None else START + timedelta(hours=one) for one in hours]
    return [PastTicket(Ticket(f"T-{row}", created_at=one)) for row, one in enumerate(moments)]


@given(st.integers(2, 60), st.integers(0, 1_000), st.integers(2, 6))
def test_in_time_order_a_model_is_judged_on_later_tickets_only(rows, seed, labels):
    classes = np.random.default_rng(seed).integers(0, labels, rows)
    judged = []
    for fold in folds(classes, ordered=True):
        assert len(fold.learn) and fold.learn.max() < fold.judge.min()
        judged += fold.judge.tolist()
    assert judged == sorted(set(judged)) and judged[-1] == rows - 1


@pytest.mark.parametrize(("rows", "count"), [(SMALL - 1, 5), (SMALL, 2)])
def test_a_long_history_needs_fewer_folds(rows, count):
    assert len(folds(np.zeros(rows, int), ordered=True)) == count


@settings(max_examples=30)
@given(st.lists(st.integers(2, 9), min_size=2, max_size=5), st.integers(0, 99))
def test_without_order_every_ticket_is_judged_once_by_the_others(counts, seed):
    classes = np.repeat(np.arange(len(counts)), counts)
    found = folds(classes, ordered=False, random_state=seed)
    assert sorted(np.concatenate([fold.judge for fold in found]).tolist()) == list(range(len(classes)))
    for fold in found:
        assert not set(fold.learn) & set(fold.judge)
        assert set(classes[fold.learn]) == set(range(len(counts)))


def test_the_same_seed_gives_the_same_folds():
    classes = np.arange(40) % 3
    one, other = folds(classes, False, random_state=4), folds(classes, False, random_state=4)
    assert all((a.judge == b.judge).all() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("hours", "ordered"),
    [
        (list(range(20)), True),
        ([*range(19), None], True),
        ([*range(18), None, None], False),
        ([None] * 20, False),
        ([3.0] * 20, False),
        ([0.0, 1.0, 2.0, *[3.0] * 17], True),
        ([0.0, *[3.0] * 19], False),
        ([], False),
    ],
)
def test_later_means_something_where_most_tickets_have_a_time_of_their_own(hours, ordered):
    assert has_order(tickets(hours)) is ordered


def test_a_label_that_no_ticket_has_costs_no_folds():
    classes = np.repeat([0, 1, 3], 20)
    assert len(folds(classes, ordered=False)) == 5
