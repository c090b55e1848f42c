import numpy as np
import pytest

from tests.features.fake_encoder import WordEncoder
from tests.training.check.made import history, past, tokenizer
from training.check.estimate import estimate_field, judging_folds, quick_rows
from training.check.sample import Sample, spread


def sample_of(tickets, encoder=None, **more) -> Sample:
    texts = [one.ticket.subject for one in tickets]
    columns = {"channel": texts}
    return Sample.of(tickets, texts, columns, tokenizer(), range(len(tickets)), encoder, **more)


def estimate(tickets, *, ordered=True, total=None, encoder=None):
    sample = sample_of(tickets, encoder)
    quick = quick_rows([one.labels.get("category") for one in tickets], sample)
    parts = judging_folds(quick.classes, ordered)
    return estimate_field(quick, sample, parts, ordered, total or len(tickets))


@pytest.mark.parametrize("ordered", [True, False])
def test_what_the_words_tell_is_what_is_estimated(ordered):
    found = estimate(history(600, sure=0.9), ordered=ordered)
    # The word is right in 0.9 + 0.1 / 3.
    assert abs(found.accuracy - 0.933) < found.error
    assert found.majority < 0.45
    assert found.unseen == 0.0


def test_words_that_tell_nothing_reach_no_more_than_the_commonest_label():
    found = estimate(history(sure=0.0))
    assert found.accuracy < found.majority + 2 * found.chance


def test_few_tickets_that_are_all_right_leave_a_wide_interval():
    few, many = (estimate(history(count, sure=1.0)) for count in (200, 4_000))
    assert few.accuracy == many.accuracy == 1.0
    assert few.tickets == 80
    assert few.chance > 0.03 > 0.01 > many.chance


def test_tickets_of_labels_never_seen_before_count_as_wrong():
    tickets = history(1000, sure=1.0)
    late = [past(1000 + number, "vpn", hours=9000 + number, category="new") for number in range(50)]
    found = estimate([*tickets, *late])
    assert found.unseen > 0.05
    assert found.accuracy <= 1 - found.unseen


def test_labels_that_change_over_time_widen_the_interval():
    steady = estimate(history(1200, sure=0.9))
    # In the last tenth the words have changed their meaning.
    turned = [
        past(number, one.ticket.subject, hours=8 * number, category="account" if number > 1080 else label)
        for number, one in enumerate(history(1200, sure=0.9))
        if (label := one.labels["category"])
    ]
    assert estimate(turned).error > 1.5 * steady.error


def test_more_tickets_than_the_sample_never_lower_the_estimate():
    tickets = history(400, sure=0.8)
    assert estimate(tickets, total=40_000).accuracy >= estimate(tickets).accuracy


def test_reading_for_meaning_lowers_the_errors_where_words_leave_them():
    class Knowing(WordEncoder):
        def encode(self, texts, *, batch_size=32, progress=None):
            vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
            vectors[np.arange(len(texts)), [int(text.split()[-1]) % 3 for text in texts]] = 1.0
            return vectors

    names = ["account", "hardware", "network"]
    tickets = [past(n, f"please help {n}", hours=n, category=names[n % 3]) for n in range(600)]
    blind, sighted = estimate(tickets), estimate(tickets, encoder=Knowing())
    assert blind.left == 1.0
    assert sighted.left < 0.5
    assert sighted.accuracy > blind.accuracy + 0.2


def test_the_sample_is_spread_over_the_whole_history_and_keeps_its_order():
    drawn = sample_of([past(number, "vpn") for number in range(25_000)])
    numbers = [int(one.ticket.ticket_id[2:]) for one in drawn.tickets]
    assert len(numbers) == len(drawn.columns["channel"]) == drawn.words.shape[0] == 10_000
    assert (numbers[0], numbers[-1]) == (0, 24_999)
    assert numbers == sorted(set(numbers))


def test_the_encoder_reads_no_more_than_its_budget():
    tickets = [past(number, "vpn " * 100) for number in range(2_000)]
    drawn = sample_of(tickets, WordEncoder(), read_chars=400 * 300)
    assert 290 <= len(drawn.read) <= 310
    assert drawn.meaning.shape == (len(drawn.read), WordEncoder().dimension)
    assert len(sample_of(tickets[:50], WordEncoder()).read) == 0


def test_places_are_spread_with_both_ends():
    assert spread(10, 4).tolist() == [0, 3, 6, 9]
    assert spread(3, 10).tolist() == [0, 1, 2]
    assert spread(0, 5).tolist() == []
