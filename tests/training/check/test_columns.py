import numpy as np
import pytest

from tests.training.check.made import past
from training.check.columns import (
    column_values,
    filled_shares,
    find_late_columns,
    find_leaks,
    find_spaces,
    leaks_of,
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


def test_several_such_fields_are_one_finding():
    tickets = [past(1, custom={"close_code": "x"}), past(2, custom={"rating": "5"}), past(3)]
    (found,) = find_late_columns(tickets, column_values(tickets))
    assert "their names field.close_code and field.rating are filled" in found.text
    assert "ignore = ['field.close_code', 'field.rating']" in found.remedy
    assert found.rows == ("T-1", "T-2")


@pytest.mark.parametrize("name", ["device", "enclosure", "location", "state", "fixture", "sla"])
def test_other_fields_are_not_suspected(name):
    tickets = [past(1, custom={name: "x"})]
    assert find_late_columns(tickets, column_values(tickets)) == []


FOLD = Fold(np.arange(80), np.arange(80, 100))
CLASSES = np.arange(100) % 4
TICKETS = [past(number) for number in range(100)]


def test_a_column_that_tells_the_label_is_a_leak():
    columns = {"field.code": [f"c{place}" for place in CLASSES], "field.noise": ["x"] * 100}
    assert leaks_of(CLASSES, columns, FOLD, 0.6) == [
        {"column": "field.code", "accuracy": 1.0, "otherwise": 0.6}
    ]


def test_a_column_that_tells_no_more_than_the_text_is_none():
    columns = {"field.code": [f"c{place}" for place in CLASSES]}
    assert leaks_of(CLASSES, columns, FOLD, 1.0) != []
    nearly = ["c" if number % 10 == 0 else f"c{place}" for number, place in enumerate(CLASSES)]
    assert leaks_of(CLASSES, {"field.code": nearly}, FOLD, 0.95) == []


def leak(column: str, accuracy: float) -> dict:
    return {"column": column, "accuracy": accuracy, "otherwise": 0.5}


def test_leaks_of_all_fields_are_one_finding_that_names_every_column_and_its_tickets():
    leaks = {
        "team": [leak("field.a", 0.95), leak("field.b", 0.9)],
        "impact": [leak("field.b", 0.99)],
        "x": [],
    }
    columns = {"field.a": ["v", None, None], "field.b": [None, "w", None], "field.c": ["z"] * 3}
    (found,) = find_leaks(leaks, TICKETS[:3], columns)
    assert "2 columns whose values alone tell a field" in found.text
    assert "team by field.a (95.0%), field.b (90.0%) against 50.0%; impact by field.b (99.0%)" in found.text
    assert "ignore = ['field.a', 'field.b']" in found.remedy
    assert (found.field, found.tickets, found.rows) == (None, 2, ("T-0", "T-1"))
    assert find_leaks({"team": []}, TICKETS[:3], columns) == []


def test_a_leak_of_one_field_is_about_that_field_and_no_text_is_spoken_of_where_there_is_none():
    columns = {"field.a": ["v"] * 3}
    (found,) = find_leaks({"team": [leak("field.a", 0.95)]}, TICKETS[:3], columns, reads_text=False)
    assert found.field == "team"
    assert "always the commonest label" in found.text and "the text" not in found.text


def test_a_leak_beside_a_text_that_is_always_right_is_not_said_to_be_better():
    columns = {"field.a": ["v"] * 3}
    (found,) = find_leaks({"team": [leak("field.a", 1.0) | {"otherwise": 1.0}]}, TICKETS[:3], columns)
    assert "in at least as many later tickets as the text" in found.text


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
