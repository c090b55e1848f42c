import numpy as np
import pytest

from training.sure_enough import MOST_LOST, NEVER_SURE, Tiers, choose_sure_from


def tiers(count: int, better: float, random_state: int = 0) -> Tiers:
    """Make two tiers of two labels: the full one is right more often where the fast one is unsure."""
    random = np.random.default_rng(random_state)
    sure = random.uniform(0.5, 1.0, count)
    right = random.random(count) < sure
    mended = ~right & (random.random(count) < better) & (sure < 0.8)
    classes = np.zeros(count, int)
    fast = np.where(right[:, None], [[1.0, 0.0]], [[0.0, 1.0]]) * sure[:, None]
    fast += (1 - fast.sum(axis=1, keepdims=True)) * (fast == 0)
    full = np.where((right | mended)[:, None], [[0.9, 0.1]], [[0.1, 0.9]])
    return Tiers(np.arange(count), classes, fast, full)


def test_the_encoder_is_left_out_where_that_costs_little():
    assert choose_sure_from(tiers(20_000, better=0.0)) == 0.0
    some = tiers(20_000, better=0.3)
    sure_from = choose_sure_from(some)
    assert 0.5 < sure_from < 0.8
    told = some.facts(sure_from)
    assert told["full"] - told["both"] <= MOST_LOST < told["full"] - told["fast"]
    assert 0.1 < told["asked"] < 0.6


def test_the_lowest_confidence_that_will_do_is_taken():
    some = tiers(20_000, better=0.3)
    sure_from = choose_sure_from(some)
    lower = np.quantile(some.confidence, (some.confidence < sure_from).mean() - 0.02)
    assert (some.lost * (some.confidence >= lower)).mean() > MOST_LOST - 0.002


def test_few_tickets_do_not_prove_that_it_costs_nothing():
    few = tiers(60, better=0.3)
    few = Tiers(few.rows, few.classes, few.fast, few.fast.copy())
    few.full[:6] = 1 - few.full[:6]  # As many better as worse: it may be worth five points either way.
    few.classes[:6] = [0, 1, 0, 1, 0, 1]
    few.fast[:6], few.full[:6] = [[0.6, 0.4]], [[0.4, 0.6]]
    assert few.lost.sum() == 0
    assert choose_sure_from(few) > 0.5


def test_a_tier_that_is_wrong_however_sure_is_never_sure():
    bad = tiers(1_000, better=0.0)
    wrong = Tiers(bad.rows, bad.classes, np.tile([[0.0, 1.0]], (1_000, 1)), np.tile([[1.0, 0.0]], (1_000, 1)))
    assert choose_sure_from(wrong) == NEVER_SURE
    told = wrong.facts(NEVER_SURE)
    assert (told["both"], told["asked"]) == (1.0, 1.0)


@pytest.mark.parametrize("sure_from", [0.0, 0.7, NEVER_SURE])
def test_together_each_ticket_has_the_answer_of_one_tier(sure_from):
    some = tiers(200, better=0.3)
    together = some.together(sure_from)
    sure = some.confidence >= sure_from
    assert (together[sure] == some.fast[sure]).all() and (together[~sure] == some.full[~sure]).all()
