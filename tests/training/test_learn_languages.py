from dataclasses import replace

import numpy as np

from features.field_model import FieldModel
from training.learn_field import LearntField
from training.learn_languages import learn_languages
from triage.policy import Promise

LABELS = ("a", "b")


def judged(rows, right, applied, target=0.9):
    """A field that judged some of its labelled rows; always predicts ``a``."""
    probabilities = np.tile([0.9, 0.1], (len(rows), 1))
    classes = np.where(right, 0, 1)
    promise = Promise(target, dict.fromkeys(LABELS, 0.5), 0.2)
    model = FieldModel("category", LABELS, {}, {})
    return LearntField(
        model, promise, "linear", np.asarray(rows), probabilities, classes, np.asarray(applied), {}
    )


def learn(languages, right):
    everything = np.arange(len(languages))
    field = judged(everything, np.asarray(right), np.ones(len(languages), bool))
    return learn_languages(languages, {"category": ["a"] * len(languages)}, {"category": field})


def test_only_languages_with_enough_tickets_are_learnt():
    learnt, report = learn(["en"] * 380 + ["de"] * 20 + ["fr"] * 19 + [None] * 30, [True] * 449)
    assert dict(learnt.tickets) == {"en": 380, "de": 20} and set(report) == {"en", "de"}


def test_a_young_helpdesk_learns_the_language_of_its_few_tickets():
    learnt, _ = learn(["en"] * 12 + [None] * 38, [True] * 50)
    assert dict(learnt.tickets) == {"en": 12}


def test_a_language_in_which_the_promise_broke_is_named_and_the_others_are_not():
    languages = ["en"] * 300 + ["it"] * 40
    right = [place % 20 != 0 for place in range(300)] + [place % 2 == 0 for place in range(40)]
    learnt, report = learn(languages, right)
    assert dict(learnt.broken) == {"it": frozenset({"category"})}
    assert report["it"]["fields"]["category"] == {
        "tickets": 40,
        "accuracy": 0.5,
        "coverage": 1.0,
        "precision": 0.5,
        "broken": True,
    }
    assert report["en"]["fields"]["category"]["precision"] == 0.95


def test_a_few_unlucky_tickets_break_no_promise():
    learnt, _ = learn(["en"] * 300 + ["it"] * 20, [True] * 316 + [False] * 4)
    assert not learnt.broken


def test_held_out_rows_count_tickets_with_a_label():
    languages = ["de"] * 30 + ["en"] * 30
    labels = [None] * 30 + ["a"] * 30
    field = judged([0, 1, 2], np.array([True, True, False]), np.ones(3, bool))
    _, report = learn_languages(languages, {"category": labels}, {"category": field})
    assert report["de"]["fields"] == {}
    assert report["en"]["fields"]["category"]["tickets"] == 3


def test_a_history_of_unknown_languages_holds_nothing_against_any():
    learnt, report = learn([None] * 40, [True] * 40)
    assert not learnt.tickets and not report
    assert learnt.unsupported("ja", ["category"]) == set()


def test_a_label_with_a_lower_target_of_its_own_breaks_no_promise():
    right = [place % 3 != 0 for place in range(300)]
    field = judged(np.arange(300), np.asarray(right), np.ones(300, bool))
    labels = {"category": ["a"] * 300}
    assert learn_languages(["en"] * 300, labels, {"category": field})[0].broken
    own = replace(field, promise=replace(field.promise, label_precisions={"a": 0.6}))
    assert not learn_languages(["en"] * 300, labels, {"category": own})[0].broken
