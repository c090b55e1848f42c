from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.test_train import history
from training.encoder.judging import judging_folds, note_tickets, plan_parts
from triage.errors import TrainingError


@settings(deadline=None, max_examples=50)
@given(st.integers(30, 400), st.booleans(), st.integers(0, 9), st.sampled_from([30, 2_500]))
def test_no_encoder_judges_a_ticket_that_it_was_tuned_on(n, ordered, seed, least):
    n = max(n, least)
    parts = plan_parts(np.arange(n) % 7, ordered, random_state=seed)
    judged = np.concatenate([part.judge for part in parts])
    assert len(judged) == len(np.unique(judged)) and len(judged) >= 0.19 * n
    for part in parts:
        assert not np.intersect1d(part.learn, part.judge).size
        if ordered:
            assert part.learn.max() < part.judge.min()


def test_random_parts_hold_each_label_in_proportion():
    labels = np.repeat(np.arange(10), 6)
    for part in plan_parts(labels, False):
        assert (np.bincount(labels[part.judge], minlength=10) == 2).all()


@pytest.mark.parametrize("ordered", [True, False])
def test_the_same_history_gives_the_same_parts_back(ordered):
    tickets = history(60, timed=ordered)
    parts = plan_parts(np.arange(60) % 3, ordered)
    found = judging_folds(note_tickets(tickets, parts), tickets, ordered)
    for part, fold in zip(parts, found, strict=True):
        np.testing.assert_array_equal(np.sort(part.learn), fold.learn)
        np.testing.assert_array_equal(np.sort(part.judge), fold.judge)


def test_tickets_filed_since_are_judged_by_the_last_and_learnt_from_by_none():
    tickets = history(80)
    seen = note_tickets(tickets[:60], plan_parts(np.arange(60) % 3, True))
    first, last = judging_folds(seen, tickets, True)
    assert set(range(60, 80)) <= set(last.judge)
    assert first.learn.max() < 60 and last.learn.max() < 60 and first.judge.max() < 60


def test_a_late_import_of_older_tickets_is_not_taken_for_later_ones():
    tickets = history(80)
    seen = note_tickets(tickets[20:], plan_parts(np.arange(60) % 3, True))
    for fold in judging_folds(seen, tickets, True):
        assert min(fold.learn.min(), fold.judge.min()) >= 20


def test_a_ticket_whose_text_was_changed_since_is_never_judged():
    tickets = history(60)
    seen = note_tickets(tickets, plan_parts(np.arange(60) % 3, True))
    tickets[59] = replace(tickets[59], ticket=replace(tickets[59].ticket, subject="quite another"))
    assert all(59 not in fold.judge and 59 not in fold.learn for fold in judging_folds(seen, tickets, True))


def test_an_encoder_tuned_on_another_history_is_refused():
    seen = note_tickets(history(60), plan_parts(np.arange(60) % 3, True))
    assert judging_folds(seen, history(60)[2:], True)
    with pytest.raises(TrainingError, match="20 are not in this history"):
        judging_folds(seen, history(60)[:40], True)
