import numpy as np
import pytest

from tests.training.check.made import past
from training.check.columns import (
    column_values,
    filled_shares,
    find_late_columns,
    find_leaks,
    find_spaces,
    value_accuracy,
)
from training.history import RowSummary
from training.splits import Fold


@pytest.mark.parametrize(
    "name", ["close_code", "Resolution", "rootCause", "work notes", "Made SLA", "solvedBy"]
)
def test_a_field_that_is_filled_after_triage_is_known_by_its_name(name):
    tickets = [past(1, custom={name: "x"}), past(2)]
    (found,) = find_late_columns(tickets, column_values(tickets))
    assert found.rows == ("T-1",)
    assert f"ignore = ['field.{name}']" in found.remedy


@pytest.mark.parametrize("name", ["device", "enclosure", "location", "state", "fixture", "sla"])
def test_other_fields_are_not_suspected(name):
    tickets = [past(1, custom={name: "x"})]
    assert find_late_columns(tickets, column_values(tickets)) == []


FOLD = Fold(np.arange(80), np.arange(80, 100))
CLASSES = np.arange(100) % 4
TICKETS = [past(number) for number in range(100)]


def test_a_column_that_tells_the_label_is_a_leak():
    columns = {"field.code": [f"c{place}" for place in CLASSES], "field.noise": ["x"] * 100}
    (found,) = find_leaks("team", TICKETS, CLASSES, columns, FOLD, 0.6)
    assert "field.code alone tells team in 100.0%" in found.text


def test_a_column_that_tells_no_more_than_the_text_is_none():
    columns = {"field.code": [f"c{place}" for place in CLASSES]}
    assert find_leaks("team", TICKETS, CLASSES, columns, FOLD, 1.0) != []
    nearly = ["c" if number % 10 == 0 else f"c{place}" for number, place in enumerate(CLASSES)]
    assert find_leaks("team", TICKETS, CLASSES, {"field.code": nearly}, FOLD, 0.95) == []


def test_values_never_seen_before_count_as_the_commonest_label():
    classes = np.array([0, 0, 1, 0, 1])
    fold = Fold(np.arange(3), np.arange(3, 5))
    assert value_accuracy(["a", "a", "b", "new", "new"], classes, fold) == 0.5


def test_the_share_of_values_is_counted_for_texts_times_and_custom_fields():
    tickets = [past(1, "vpn", custom={"device": "x"}), past(2)]
    shares = filled_shares(tickets, column_values(tickets))
    assert shares["subject"] == shares["field.device"] == 0.5
    assert (shares["created_at"], shares["body"]) == (1.0, 0.0)
    assert "channel" not in shares


def test_spaces_around_labels_are_told_with_some_rows():
    summary = RowSummary("history")
    assert find_spaces(summary) == []
    summary.counts["stripped"] = 2
    summary.see_stripped("T-4")
    assert find_spaces(summary)[0].rows == ("T-4",)
