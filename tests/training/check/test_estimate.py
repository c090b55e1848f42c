import numpy as np

from tests.training.check.made import history, tokenizer
from training.check.estimate import SampleViews, estimate_field, judging_folds, sample_rows


def estimate(sure: float, count: int = 600):
    tickets = history(count, sure=sure)
    views = SampleViews.of(tickets, [past.ticket.subject for past in tickets], tokenizer())
    _, classes = np.unique([past.labels["category"] for past in tickets], return_inverse=True)
    return estimate_field(classes, views, np.arange(count), judging_folds(classes, True))


def test_what_the_words_tell_is_what_is_estimated():
    found = estimate(0.9)
    # The word is right in 0.9 + 0.1 / 3.
    assert abs(found.accuracy - 0.933) < 2 * found.error
    assert found.majority < 0.45
    assert found.unseen == 0.0


def test_words_that_tell_nothing_reach_no_more_than_the_commonest_label():
    found = estimate(0.0)
    assert found.accuracy < found.majority + 2 * found.error


def test_tickets_of_labels_never_seen_before_are_left_out_and_counted():
    tickets = history(200)
    views = SampleViews.of(tickets, [past.ticket.subject for past in tickets], tokenizer())
    classes = np.array([0, 1] * 90 + [2] * 20)
    found = estimate_field(classes, views, np.arange(200), judging_folds(classes, True)[-1:])
    assert found is None
    earlier = estimate_field(classes, views, np.arange(200), judging_folds(classes, True)[-2:])
    assert earlier is not None
    assert earlier.unseen == 0.5


def test_the_sample_is_spread_over_the_whole_history():
    rows = sample_rows(50_000)
    assert len(rows) == 10_000
    assert (rows[0], rows[-1]) == (0, 49_999)
    assert (np.diff(rows) > 0).all()
    assert list(sample_rows(3)) == [0, 1, 2]
