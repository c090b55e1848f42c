"""Whether live drift is told, and chance is not (T28)."""

import numpy as np

from triage.live_drift import WINDOW, measure_live_drift
from triage.stability import bin_counts

LANGUAGES = [f"language {number}" for number in range(30)]
SHARES = np.full(30, 1 / 30)
"""So many values that chance alone moves the plain index of 200 decisions over 0.1."""

EDGES = [0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.99]


def reference(random: np.random.Generator) -> dict:
    confidence, familiarity = random.beta(4, 1.5, 4_000), random.random(4_000)
    languages = random.multinomial(4_000, SHARES)
    edges = np.arange(1, 10) / 10
    return {
        "confidence": {"team": {"edges": EDGES, "counts": bin_counts(confidence, EDGES).tolist()}},
        "numbers": {
            "familiarity": {"edges": edges.tolist(), "counts": bin_counts(familiarity, edges).tolist()}
        },
        "values": {
            "language": {
                "counts": dict(zip(LANGUAGES, languages.tolist(), strict=True)),
                "others": 0,
            }
        },
    }


def documents(random: np.random.Generator, count: int, *, shift: float = 0.0, **more) -> list[dict]:
    rows = []
    for confidence in np.clip(random.beta(4, 1.5, count) - shift, 0.01, 1.0):
        part = {"top": [["web", float(confidence)]], "reason": None, "basis": None} | more
        language = str(random.choice(LANGUAGES, p=SHARES))
        rows.append({"familiarity": float(random.random()), "language": language, "fields": {"team": part}})
    return rows


def test_forty_pairs_of_windows_without_drift_raise_hardly_any_alarm():
    random = np.random.default_rng(0)
    then, rounds = reference(random), 40
    moved = 0
    for seed in range(rounds):
        found = measure_live_drift(then, documents(random, 400), random_state=seed)
        assert {one.measure for one in found} == {"confidence", "familiarity", "language"}
        moved += any(one.has_moved for one in found)
    assert moved <= 0.05 * rounds


def test_twenty_points_less_confidence_are_told_by_the_second_window():
    random = np.random.default_rng(1)
    then = reference(random)
    told = 0
    for seed in range(20):
        found = measure_live_drift(then, documents(random, 2 * WINDOW, shift=0.2), random_state=seed)
        told += any(one.has_moved for one in found if one.measure == "confidence")
    assert told >= 19


def test_one_odd_window_is_no_drift():
    random = np.random.default_rng(2)
    then = reference(random)
    both = documents(random, WINDOW, shift=0.3) + documents(random, WINDOW)
    assert not any(one.has_moved for one in measure_live_drift(then, both))


def test_few_decisions_and_values_of_people_say_nothing():
    random = np.random.default_rng(3)
    then = reference(random)
    assert measure_live_drift(then, documents(random, 399)) == []
    by_people = documents(random, 400, shift=0.5, reason="human_value_present")
    by_matrix = documents(random, 400, shift=0.5, basis="impact low × urgency high → normal, by the matrix")
    for rows in (by_people, by_matrix):
        assert {one.measure for one in measure_live_drift(then, rows)} == {"familiarity", "language"}


def test_tickets_without_the_form_are_compared_with_none_that_had_it():
    random = np.random.default_rng(6)
    then = reference(random)
    without = [one | {"lacks_form": True} for one in documents(random, WINDOW, shift=0.4)]
    mixed = [one for pair in zip(documents(random, WINDOW), without, strict=True) for one in pair]
    found = measure_live_drift(then, mixed)
    assert {one.measure: one.has_moved for one in found} == {
        "confidence": False,
        "familiarity": False,
        "language": False,
    }
    assert {one.decisions for one in found if one.measure != "language"} == {WINDOW // 2}
    assert {one.measure for one in measure_live_drift(then, [*without, *without])} == {"language"}


def test_a_language_that_is_new_counts_as_another_one():
    random = np.random.default_rng(4)
    then = reference(random)
    rows = documents(random, 2 * WINDOW)
    for row in rows[::2]:
        row["language"] = "fi"
    (language,) = (one for one in measure_live_drift(then, rows) if one.measure == "language")
    assert language.has_moved and language.decisions == WINDOW
