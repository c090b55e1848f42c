import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.drift import Later, measure_drift
from training.drift_rows import drift_rows
from training.reference import _bin, count_values


def reference(random, n=600, shares=(0.6, 0.3, 0.1)):
    return {
        "values": {"channel": count_values(random.choice(["mail", "web", "phone"], n, p=shares))},
        "labels": {"category": count_values(random.choice(["a", "b", "c"], n, p=shares))},
        "numbers": {"familiarity": _bin(random.random(n))},
        "confidence": {"category": _bin(random.beta(5, 2, n))},
    }


def later(random, n=200, shares=(0.6, 0.3, 0.1), right=(480, 120, 160, 40), shift=0.0):
    return Later(
        values={"channel": list(random.choice(["mail", "web", "phone"], n, p=shares))},
        labels={"category": list(random.choice(["a", "b", "c"], n, p=shares))},
        numbers={"familiarity": random.random(n) * (1 - shift)},
        confidence={"category": random.beta(5, 2, n) * (1 - shift)},
        right={"category": right},
        meaning=(random.normal(size=(300, 8)), random.normal(size=(n, 8)) + shift),
    )


def by_name(found):
    return {(one["measure"], one["field"]): one for one in found}


def test_tickets_like_those_of_training_are_hardly_ever_said_to_have_moved():
    moved, out, measures = 0, 0, 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        found = measure_drift(reference(random), later(random), random_state=seed)
        moved += any(one["moved"] for one in found)
        out += sum(one["value"] > one["null_95"] for one in found if one["measure"] != "accuracy")
        measures += len(found) - 1
    assert moved <= 4, "one window in twenty may be called moved"
    assert out <= 0.13 * measures, "each measure leaves its own band one time in twenty"


def test_a_large_index_on_few_tickets_is_seen_to_be_chance():
    random = np.random.default_rng(5)
    labels = [f"label {place}" for place in range(30)]
    then = {
        "values": {},
        "labels": {"category": count_values(random.choice(labels, 200))},
        "numbers": {},
        "confidence": {},
    }
    now = Later({}, {"category": list(random.choice(labels, 200))}, {}, {}, {})
    (only,) = measure_drift(then, now)
    assert only["value"] > 0.1, "the usual limit would raise an alarm"
    assert only["excess"] == 0.0
    assert not only["moved"]


def test_every_measure_finds_what_was_moved():
    random = np.random.default_rng(1)
    moved = later(random, shares=(0.2, 0.3, 0.5), right=(480, 120, 100, 100), shift=0.4)
    found = by_name(measure_drift(reference(random), moved))
    for name in (
        ("labels", "category"),
        ("channel", None),
        ("familiarity", None),
        ("confidence", "category"),
        ("accuracy", "category"),
        ("meaning", None),
    ):
        assert found[name]["moved"], name
        assert found[name]["excess"] > 0
    assert found["accuracy", "category"]["then"] == 0.8
    assert found["accuracy", "category"]["now"] == 0.5
    assert found["labels", "category"]["most"][0]["value"] in ("a", "c")


def test_a_value_that_training_never_saw_counts_among_the_others():
    random = np.random.default_rng(2)
    now = Later({"channel": ["chat"] * 50 + ["mail"] * 50}, {}, {}, {}, {})
    (only,) = measure_drift(reference(random), now)
    assert only["moved"]
    assert only["most"][0] == {"value": None, "then": 0.0, "now": 0.5}


def test_a_mix_of_one_value_and_numbers_that_never_vary_are_left_out():
    then = {
        "values": {"channel": count_values(["mail"] * 90)},
        "labels": {},
        "numbers": {"length": _bin(np.zeros(90))},
        "confidence": {},
    }
    assert measure_drift(then, Later({"channel": ["mail"] * 20}, {}, {"length": np.zeros(20)}, {}, {})) == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=40),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=40),
)
def test_the_index_is_never_negative_and_the_excess_is_what_is_over_the_band(then, now):
    kept = {"values": {"product": count_values(then)}, "labels": {}, "numbers": {}, "confidence": {}}
    for one in measure_drift(kept, Later({"product": now}, {}, {}, {}, {})):
        assert one["value"] >= 0
        assert one["excess"] == pytest.approx(max(0.0, one["value"] - one["null_95"]), abs=2e-6)
        assert 0 < one["p_value"] <= 1
        assert json.loads(json.dumps(one)) == one


def test_what_moved_is_told_in_words():
    random = np.random.default_rng(1)
    moved = later(random, shares=(0.2, 0.3, 0.5), right=(480, 120, 100, 100), shift=0.4)
    rows = {(row.name, row.field): row for row in drift_rows(measure_drift(reference(random), moved))}
    assert rows["right at once", "category"].verdict == "worse"
    assert rows["right at once", "category"].now == "50.0%"
    assert rows["which labels", "category"].verdict == "moved strongly"
    assert "→" in rows["which labels", "category"].most
