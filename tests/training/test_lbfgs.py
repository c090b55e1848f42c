import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.lbfgs import minimise


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 12), st.integers(0, 10_000), st.sampled_from([1.0, 30.0, 300.0]))
def test_it_finds_the_minimum_of_any_bowl(size, seed, stretch):
    random = np.random.default_rng(seed)
    turned, _ = np.linalg.qr(random.normal(size=(size, size)))
    bowl = (turned * np.geomspace(1, stretch, size)) @ turned.T
    lowest = random.normal(size=size)

    def objective(point):
        away = point - lowest
        return float(away @ bowl @ away) + 1.0, (2 * bowl @ away).astype(np.float32)

    found = minimise(objective, np.zeros(size, np.float32), max_iter=400, tol=1e-9)
    assert objective(found)[0] - 1.0 < 1e-3
    assert found.dtype == np.float32


def test_the_start_is_left_as_it_is_and_the_value_never_rises():
    start, values = np.full(5, 3, np.float32), []

    def objective(point):
        values.append(float((point**4).sum()))
        return values[-1], 4 * point**3

    found = minimise(objective, start, max_iter=50, tol=1e-6)
    assert (start == 3).all()
    assert (found**4).sum() < 1e-2 < values[0]


@pytest.mark.parametrize("max_iter", [0, 1, 3])
def test_it_stops_after_so_many_steps(max_iter):
    points = []

    def objective(point):
        points.append(point.copy())
        return float(np.sqrt(1 + point @ point)), point / np.float32(np.sqrt(1 + point @ point))

    minimise(objective, np.array([9, 1], np.float32), max_iter=max_iter, tol=0.0)
    assert len(points) <= 1 + 20 * max_iter


def test_a_flat_function_is_at_its_minimum_at_once():
    start = np.ones(3, np.float32)
    assert (minimise(lambda point: (2.0, np.zeros_like(point)), start, max_iter=9, tol=0.1) == start).all()
