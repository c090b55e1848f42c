import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.pooling import FLOOR, floored, pool_logits


def test_what_one_member_rules_out_another_may_still_say():
    with np.errstate(divide="ignore"):
        said = {"words": np.log([[1.0, 0.0]]), "meaning": np.log([[1e-6, 1 - 1e-6]])}
    logits = pool_logits(said, {"words": 0.5, "meaning": 1.0})
    assert np.isfinite(logits).all() and logits.argmax() == 1
    assert logits[0, 1] == pytest.approx(0.5 * np.log(FLOOR), abs=1e-5)


def test_members_without_a_weight_do_not_count():
    said = {"words": np.log([[0.9, 0.1]]), "meaning": np.log([[0.1, 0.9]])}
    assert pool_logits(said, {"words": 1.0}).tolist() == said["words"].tolist()


@given(st.lists(st.floats(-50, 0), min_size=1, max_size=6))
def test_only_what_lies_below_the_floor_is_moved(logarithms):
    found = floored(np.array(logarithms))
    assert (found >= np.log(FLOOR)).all()
    assert all(a == b for a, b in zip(found, logarithms, strict=True) if b >= np.log(FLOOR))
