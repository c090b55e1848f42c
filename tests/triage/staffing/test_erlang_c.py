import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.staffing.erlang_c import blocking, erlang_c, iter_erlang_c

VECTORS = [
    # load, agents, handle time, within, waits, answered in time, mean wait, occupancy
    (10.0, 14, 180, 20, 0.17413, 0.88835, 7.836, 0.71429),
    (20.0, 25, 300, 20, 0.20910, 0.85017, 12.546, 0.80000),
    (10 / 6, 4, 600, 60, 0.10248, 0.91885, 26.351, 0.41667),
    (400 / 3, 142, 240, 20, 0.35303, 0.82854, 9.776, 0.93897),
    (400 / 3, 157, 240, 20, 0.02884, 0.99599, 0.2925, 0.84926),
]


@pytest.mark.parametrize(("load", "agents", "handle", "within", "waits", "level", "mean", "busy"), VECTORS)
def test_the_published_vectors_are_met(load, agents, handle, within, waits, level, mean, busy):
    found = erlang_c(load, agents, handle_s=handle, within_s=within)
    assert found.wait_probability == pytest.approx(waits, abs=5e-6)
    assert found.service_level == pytest.approx(level, abs=5e-6)
    assert found.mean_wait_s == pytest.approx(mean, abs=5e-4)
    assert found.occupancy == pytest.approx(busy, abs=5e-6)


def test_one_agent_fewer_is_not_enough():
    assert erlang_c(10.0, 13, handle_s=180, within_s=20).service_level == pytest.approx(0.79559, abs=5e-6)


def test_erlang_b_is_the_textbook_sum():
    load, agents = 7.3, 9
    terms = [load**i / math.factorial(i) for i in range(agents + 1)]
    assert blocking(load, agents) == pytest.approx(terms[-1] / sum(terms), rel=1e-12)


def test_five_thousand_agents_neither_overflow_nor_take_long():
    assert blocking(5_000.0, 5_050) == pytest.approx(0.0046, abs=0.002)
    assert blocking(0.001, 400) == 0.0


def test_without_people_enough_nobody_is_answered_in_time():
    found = erlang_c(10.0, 10, handle_s=180, within_s=20)
    assert (found.service_level, found.mean_wait_s, found.wait_probability) == (0.0, math.inf, 1.0)


@pytest.mark.parametrize("wrong", [{"load": -1.0}, {"agents": -1}, {"handle_s": 0.0}, {"within_s": -1.0}])
def test_numbers_without_sense_are_refused(wrong):
    given_ = {"load": 1.0, "agents": 2, "handle_s": 60.0, "within_s": 20.0} | wrong
    with pytest.raises(InputError, match="Got"):
        erlang_c(given_.pop("load"), given_.pop("agents"), **given_)


@given(
    load=st.floats(0.01, 200.0),
    spare=st.integers(1, 40),
    handle=st.floats(10.0, 2_000.0),
    within=st.floats(0.0, 300.0),
)
def test_more_people_answer_more_and_more_load_answers_less(load, spare, handle, within):
    agents = math.floor(load) + spare
    here = erlang_c(load, agents, handle_s=handle, within_s=within)
    more = erlang_c(load, agents + 1, handle_s=handle, within_s=within)
    busier = erlang_c(load * 1.01, agents, handle_s=handle, within_s=within)
    assert 0.0 <= busier.service_level <= here.service_level + 1e-9 <= more.service_level + 2e-9 <= 1.0 + 3e-9
    assert more.mean_wait_s <= here.mean_wait_s + 1e-9


def test_walking_up_gives_what_asking_gives():
    walk = iter_erlang_c(10.0, handle_s=180, within_s=20)
    for _ in range(5):
        agents, found = next(walk)
        assert found == erlang_c(10.0, agents, handle_s=180, within_s=20)
    assert agents == 15
