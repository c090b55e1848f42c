from datetime import timedelta

import numpy as np
import pytest

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from training.sla.censoring import censoring_weights
from training.sla.outcomes import outcomes_of


def test_the_helpdesks_own_word_comes_before_the_book():
    solved = {"resolved_at": MONDAY + 2 * HOUR, "first_response_at": MONDAY + 0.5 * HOUR}
    late = {"resolved_at": MONDAY + 30 * HOUR, "first_response_at": MONDAY + 0.5 * HOUR}
    history = [
        past("kept", **solved),
        past("late", **late),
        past("late, they say not", **late, made_sla=True),
        past("open", made_sla=True),
        past("no promise", organization=None, **solved),
    ]
    breach = outcomes_of(history, BOOK).breach
    np.testing.assert_array_equal(breach, [0.0, 1.0, 0.0, np.nan, np.nan])
    assert np.isnan(outcomes_of(history).breach[:2]).all()


def test_a_late_answer_breaks_a_promise_too():
    late = past(first_response_at=MONDAY + 2 * HOUR, resolved_at=MONDAY + 3 * HOUR)
    assert outcomes_of([late], BOOK).breach.tolist() == [1.0]


def test_what_was_known_at_a_moment_leaves_out_what_came_later():
    history = [
        past("solved", resolved_at=MONDAY + 2 * HOUR),
        past("solved later", resolved_at=MONDAY + 48 * HOUR),
        past("closed, nobody knows when", status="closed"),
        past("filed later", created_at=MONDAY + timedelta(days=1)),
    ]
    known = outcomes_of(history).known_at((MONDAY + 24 * HOUR).timestamp() / 86_400, np.arange(4))
    assert known.rows.tolist() == [0, 1]
    assert known.solved.tolist() == [True, False]
    assert (known.days * 24).tolist() == pytest.approx([2.0, 24.0])


def test_weights_undo_what_is_not_seen_yet():
    """Of tickets filed evenly, the slow ones are seen solved less often; weighed, their share is right."""
    random = np.random.default_rng(0)
    took, age = random.choice([1.0, 8.0], 20_000), random.uniform(0, 10, 20_000)
    solved = took <= age
    weights = censoring_weights(np.minimum(took, age), solved, np.ones(20_000))
    assert np.mean(took[solved] > 2) < 0.25
    assert np.average(took > 2, weights=weights) == pytest.approx(0.5, abs=0.05)
