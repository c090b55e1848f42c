import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc

from triage.errors import InputError
from triage.staffing.erlang_a import erlang_a, incomplete_beta_run
from triage.staffing.erlang_c import erlang_c

VECTORS = [
    # patience, agents, waits, gives up, mean wait, answered in time, occupancy; load 10, 180 s, within 20 s
    (120, 9, 0.6133, 0.1922, 23.059, 0.5241, 0.8976),
    (120, 12, 0.2798, 0.0616, 7.392, 0.8256, 0.7820),
    (120, 14, 0.1270, 0.0228, 2.741, 0.9327, 0.6980),
    (300, 9, 0.7345, 0.1633, 48.979, 0.3662, 0.9297),
    (300, 10, 0.5994, 0.1094, 32.831, 0.5168, 0.8906),
    (300, 12, 0.3318, 0.0427, 12.813, 0.7723, 0.7977),
]


def figures(agents: int, patience: float, load: float = 10.0, handle: float = 180.0, within: float = 20.0):
    return erlang_a(load, agents, handle_s=handle, within_s=within, patience_s=patience)


@pytest.mark.parametrize(("patience", "agents", "waits", "lost", "mean", "level", "busy"), VECTORS)
def test_the_published_vectors_are_met(patience, agents, waits, lost, mean, level, busy):
    found = figures(agents, patience)
    assert found.wait_probability == pytest.approx(waits, abs=6e-5)
    assert found.abandoned == pytest.approx(lost, abs=6e-5)
    assert found.mean_wait_s == pytest.approx(mean, abs=6e-4)
    assert found.service_level == pytest.approx(level, abs=6e-5)
    assert found.occupancy == pytest.approx(busy, abs=6e-5)


def test_the_run_of_incomplete_betas_is_scipys():
    for c, x in ((1.5, 0.01), (18.3, 0.2), (400.0, 0.02), (3.0, 0.999)):
        found = incomplete_beta_run(200, c, -math.log1p(-x))
        assert np.abs(found - betainc(np.arange(1, 201), c, x)).max() < 1e-11


def test_endless_patience_is_erlang_c():
    exact = erlang_c(10.0, 14, handle_s=180, within_s=20)
    near = figures(14, 1e7)
    assert near.service_level == pytest.approx(exact.service_level, abs=1e-5)
    assert near.mean_wait_s == pytest.approx(exact.mean_wait_s, rel=1e-4)


def test_it_agrees_with_a_linear_solve_of_the_generator():
    load, agents, handle, patience = 3.0, 4, 60.0, 90.0
    n = 200
    rates = np.zeros((n, n))
    for j in range(n):
        if j + 1 < n:
            rates[j, j + 1] = load / handle
        if j:
            rates[j, j - 1] = min(j, agents) / handle + max(0, j - agents) / patience
        rates[j, j] = -rates[j].sum()
    system = np.vstack([rates.T, np.ones(n)])
    p = np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0]
    found = figures(agents, patience, load, handle, 0.0)
    assert found.wait_probability == pytest.approx(p[agents:].sum(), abs=1e-9)
    queue = (p[agents:] * np.arange(n - agents)).sum()
    assert found.mean_wait_s == pytest.approx(queue / (load / handle), rel=1e-8)
    # Within no time only those are answered who find somebody free.
    assert found.service_level == pytest.approx(p[:agents].sum(), abs=1e-9)


@settings(max_examples=60)
@given(
    load=st.floats(0.05, 120.0),
    agents=st.integers(0, 150),
    patience=st.floats(5.0, 3_000.0),
    within=st.floats(0.0, 120.0),
)
def test_more_people_answer_more_more_load_answers_less_and_shares_stay_shares(
    load, agents, patience, within
):
    here = figures(agents, patience, load, within=within)
    more = figures(agents + 1, patience, load, within=within)
    busier = figures(agents, patience, load * 1.02, within=within)
    for one in (here, more, busier):
        assert 0.0 <= one.service_level <= 1.0 and 0.0 <= one.abandoned <= 1.0
        assert one.occupancy <= 1.0 + 1e-9
    assert busier.service_level <= here.service_level + 1e-9 <= more.service_level + 2e-9
    # Who waits longer before giving up, gives up less often.
    assert figures(agents, patience * 1.5, load).abandoned <= figures(agents, patience, load).abandoned + 1e-9


def test_queues_of_millions_are_refused():
    with pytest.raises(InputError, match="millions would wait"):
        figures(1, 1e12, load=1e6)
    with pytest.raises(InputError, match="patience_s"):
        figures(1, 0.0)
