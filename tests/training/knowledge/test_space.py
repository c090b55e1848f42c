import numpy as np
import pytest

from training.knowledge.space import TICKETS_MIN, find_space


def test_in_the_space_no_direction_is_much_wider_than_another():
    rng = np.random.default_rng(0)
    tickets = rng.standard_normal((400, 4)) * [5.0, 1.0, 1.0, 1.0] + 3.0
    space = find_space(tickets)
    placed = np.array([space.place(ticket) for ticket in tickets.astype(np.float32)])
    assert placed.mean(axis=0) == pytest.approx(0, abs=1e-3)
    spread = placed.std(axis=0)
    assert spread.max() / spread.min() < 0.65 * 5
    assert spread[0] == spread.max()


def test_few_tickets_have_no_space():
    assert find_space(np.eye(TICKETS_MIN - 1)) is None
