import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import InputError
from triage.staffing.deferred import constant_capacity, level_capacity, work_off

works = st.lists(st.floats(0.0, 50.0), min_size=1, max_size=25).map(np.array)


def last(n: int, deadline: int) -> np.ndarray:
    return np.arange(n) + deadline


def test_the_published_vector_is_met():
    work = np.array([10.0, 30.0, 10.0])
    assert constant_capacity(work, 0) == pytest.approx(30.0)
    # By windows alone 15 would do; the mean binds.
    assert constant_capacity(work, 1) == pytest.approx(50 / 3)
    assert level_capacity(work, last(3, 1), np.ones(3)) == pytest.approx([10.0, 20.0, 20.0])


def test_a_backlog_counts_as_due_with_the_first_interval():
    assert constant_capacity(np.array([10.0, 10.0]), 0, backlog=5.0) == pytest.approx(15.0)


@given(work=works, deadline=st.integers(0, 6))
def test_level_capacity_keeps_every_deadline_does_all_and_peaks_no_higher_than_the_constant(work, deadline):
    n = len(work)
    due = last(n, deadline)
    capacity = level_capacity(work, due, np.ones(n))
    done = work_off(work[None], capacity, due)
    scale = 1e-6 * max(1.0, work.sum())
    assert done.late.sum() <= scale and not done.missed.any()
    assert capacity.sum() == pytest.approx(work.sum(), abs=scale)
    if deadline == 0:
        assert capacity == pytest.approx(work, abs=scale)


@given(work=works, deadline=st.integers(0, 6), share=st.floats(0.5, 0.98))
def test_no_capacity_with_a_lower_peak_keeps_them(work, deadline, share):
    n = len(work)
    # Beyond the last interval nothing is done, so what is due later is due at its end.
    due = np.minimum(last(n, deadline), n - 1)
    peak = level_capacity(work, due, np.ones(n)).max()
    done = work_off(work[None], np.full(n, share * peak), due)
    assert peak < 1e-3 or done.late.sum() > 0


@given(work=works, capacity=st.floats(0.0, 60.0), more=st.floats(0.0, 20.0))
def test_nothing_is_lost_and_more_capacity_never_leaves_more(work, capacity, more):
    n = len(work)
    few = work_off(work[None], np.full(n, capacity), last(n, 1))
    many = work_off(work[None], np.full(n, capacity + more), last(n, 1))
    assert (many.backlog <= few.backlog + 1e-9).all() and many.late.sum() <= few.late.sum() + 1e-6
    assert (few.backlog <= np.cumsum(work) + 1e-9).all()


def test_the_oldest_goes_first_and_its_age_is_told():
    work = np.array([[4.0, 4.0, 4.0, 0.0]])
    done = work_off(work, np.array([2.0, 2.0, 2.0, 6.0]), last(4, 1))
    assert done.backlog[0] == pytest.approx([2.0, 4.0, 6.0, 0.0])
    assert done.oldest[0].tolist() == [0, 1, 1, 4]
    # Of the second four hours two are done by interval 2, of the third all by interval 3.
    assert done.late[0] == pytest.approx([0.0, 2.0, 0.0, 0.0])
    assert done.missed[0].tolist() == [False, False, True, False]


def test_open_work_at_the_start_comes_first_and_is_late_by_its_own_deadline():
    done = work_off(np.array([[1.0, 1.0]]), np.array([2.0, 2.0]), last(2, 0), backlog=np.array([3.0, 0.0]))
    assert done.late[0].sum() == pytest.approx(1.0 + 1.0 + 1.0)
    assert done.oldest[0].tolist() == [-1, 1] and done.missed[0].tolist() == [True, True]


def test_what_is_due_after_the_end_is_late_only_where_one_is_strict():
    work, due = np.array([[5.0]]), np.array([1])
    assert work_off(work, np.array([2.0]), due).late.sum() == pytest.approx(3.0)
    assert work_off(work, np.array([2.0]), due, strict=False).late.sum() == 0.0


def test_deadlines_before_the_work_are_refused():
    with pytest.raises(InputError, match="deadlines"):
        level_capacity(np.ones(2), np.array([0, 0]), np.ones(2))
    with pytest.raises(InputError, match="intervals"):
        constant_capacity(np.array([]), 1)
