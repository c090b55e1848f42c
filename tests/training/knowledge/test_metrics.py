import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.knowledge.metrics import measure_rankings
from triage.errors import InputError


def test_the_best_of_a_tickets_articles_counts():
    metrics = measure_rankings(
        [["a", "b", "c"], [f"x{number}" for number in range(9)] + ["a"], ["b"]], [{"c", "b"}, {"a"}, {"a"}]
    )
    assert (metrics.hit_at_1, metrics.hit_at_5, metrics.hit_at_10) == pytest.approx((0, 1 / 3, 2 / 3))
    assert metrics.mrr == pytest.approx((1 / 2 + 1 / 10 + 0) / 3)
    assert metrics.to_document()["mrr"] == 0.2


@pytest.mark.parametrize(("rankings", "used"), [([], []), ([["a"]], [])])
def test_measuring_nothing_is_refused(rankings, used):
    with pytest.raises(InputError, match="expected one for each"):
        measure_rankings(rankings, used)


@given(st.lists(st.tuples(st.permutations("abcdefghijkl"), st.sampled_from("abcdefghijkl")), min_size=1))
def test_longer_lists_never_hit_less_and_mrr_lies_between(pairs):
    metrics = measure_rankings([ranking for ranking, _ in pairs], [{article} for _, article in pairs])
    assert metrics.hit_at_1 <= metrics.hit_at_5 <= metrics.hit_at_10
    assert metrics.hit_at_1 <= metrics.mrr + 1e-12 <= 1 + 1e-12
