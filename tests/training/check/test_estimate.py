import numpy as np

from tests.training.check.made import history, past, tokenizer
from training.check.estimate import Sample, estimate_field, judging_folds


def sample_of(tickets) -> Sample:
    texts = [one.ticket.subject for one in tickets]
    return Sample.of(tickets, texts, {"channel": texts}, tokenizer(), range(len(tickets)))


def estimate(sure: float, count: int = 600):
    tickets = history(count, sure=sure)
    sample = sample_of(tickets)
    _, classes = np.unique([one.labels["category"] for one in tickets], return_inverse=True)
    return estimate_field(classes, sample, np.arange(count), judging_folds(classes, True))


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
    sample = sample_of(tickets)
    classes = np.array([0, 1] * 90 + [2] * 20)
    found = estimate_field(classes, sample, np.arange(200), judging_folds(classes, True)[-1:])
    assert found is None
    earlier = estimate_field(classes, sample, np.arange(200), judging_folds(classes, True)[-2:])
    assert earlier is not None
    assert earlier.unseen == 0.5


def test_the_sample_is_spread_over_the_whole_history_and_keeps_its_order():
    drawn = sample_of([past(number, "vpn") for number in range(25_000)])
    numbers = [int(one.ticket.ticket_id[2:]) for one in drawn.tickets]
    assert len(numbers) == len(drawn.columns["channel"]) == drawn.words.shape[0] == 10_000
    assert (numbers[0], numbers[-1]) == (0, 24_999)
    assert numbers == sorted(set(numbers))
