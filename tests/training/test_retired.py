import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.retired import retired_labels

LABELS = st.sampled_from(["mail", "vpn", "fax", None])


def test_a_label_that_ended_when_others_went_on_is_retired():
    assert retired_labels(["fax", "mail"] * 20 + ["mail"] * 40) == {"fax"}


def test_a_rare_label_that_was_not_seen_lately_stays():
    assert retired_labels(["mail"] * 400 + ["fax"] + ["mail"] * 400) == set()


@pytest.mark.parametrize(("silent", "expected"), [(10, set()), (11, {"fax"})])
def test_the_silence_must_be_five_times_the_longest_before(silent: int, expected: set[str]):
    # Of every second ticket: the chance of ten is below one in a thousand, but they are only five times two.
    assert retired_labels(["mail", "fax"] * 30 + ["mail"] * silent) == expected


def test_a_label_that_comes_in_bursts_comes_back():
    burst = ["mail"] * 30 + ["fax"] * 30 + ["mail"] * 60 + ["fax"] * 5
    assert retired_labels(burst + ["mail"] * 100) == set()
    assert retired_labels(burst + ["mail"] * 400) == {"fax"}


def test_a_label_of_a_few_tickets_has_no_rhythm_to_judge_by():
    assert retired_labels(["fax"] * 9 + ["mail"] * 500) == set()
    assert retired_labels(["fax"] * 10 + ["mail"] * 500) == {"fax"}


def test_a_history_of_one_label_keeps_it():
    assert retired_labels(["mail"] * 10) == set()
    assert retired_labels([]) == set()


@given(st.lists(LABELS, max_size=200))
def test_the_last_ticket_is_never_retired_and_missing_labels_count_for_nothing(values: list[str | None]):
    retired = retired_labels(values)
    seen = [value for value in values if value is not None]
    assert retired <= set(seen)
    assert not seen or seen[-1] not in retired
    assert retired == retired_labels(seen)
