"""The formulas against a queue that is simulated, arrival by arrival; the benchmark has ten times as many."""

import pytest

from benchmarks.staffing_queues import QUEUES, simulate
from triage.staffing.live import LivePromise, queue_figures


@pytest.mark.parametrize("seed", range(len(QUEUES)))
def test_a_simulated_queue_does_what_the_formula_says_within_its_noise(seed: int):
    _, load, agents, handle_s, within_s, patience_s = QUEUES[seed]
    promise = LivePromise(within_s=within_s, patience_s=patience_s)
    exact, fewer = (queue_figures(load, n, handle_s, promise) for n in (agents, agents - 1))
    seen = simulate(load, agents, handle_s, within_s, patience_s, arrivals=40_000, seed=seed)
    for formula, (mean, error) in (
        (exact.service_level, seen.service_level),
        (exact.abandoned, seen.abandoned),
        (exact.mean_wait_s, seen.wait_s),
    ):
        assert abs(mean - formula) <= 3.0 * error + 1e-12
    # The noise is small enough to tell one person fewer.
    mean, error = seen.service_level
    assert abs(mean - fewer.service_level) > 3.0 * error
