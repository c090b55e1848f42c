from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.priority.made import matrix_history, past
from training.priority.matrix import find_matrix
from triage.priority import PRIORITIES, PriorityMatrix

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)


def test_the_matrix_is_found_and_the_tickets_that_break_it_are_named():
    found = find_matrix(matrix_history(MATRIX, broken=(40, 77)))
    assert found.matrix == MATRIX
    assert found.breaking == ("T-40", "T-77")
    assert found.is_followed and found.tickets == 300
    assert found.agreement == pytest.approx(298 / 300) and found.at_least < found.agreement


def test_scales_that_count_from_one_are_turned_the_right_way_round():
    name = dict(zip(STEPS, ("3 - Low", "2 - Medium", "1 - High"), strict=True))
    number = dict(zip(STEPS, "123", strict=True))
    tickets = [
        replace(
            one,
            labels=one.labels
            | {"impact": name[one.labels["impact"]], "urgency": number[one.labels["urgency"]]},
        )
        for one in matrix_history(MATRIX)
    ]
    found = find_matrix(tickets).matrix
    assert found.impacts == ("3 - Low", "2 - Medium", "1 - High")
    assert found.urgencies == ("1", "2", "3")
    assert found.is_monotone


def test_a_cell_that_was_never_seen_is_filled_in_between_its_neighbours_and_marked():
    found = find_matrix(matrix_history(MATRIX, without=[("high", "low"), ("low", "low")])).matrix
    assert found.filled == {("high", "low"), ("low", "low")}
    assert found.cells["high", "low"] == "normal"
    assert found.cells["low", "low"] == "low"


def test_one_odd_ticket_in_an_empty_cell_does_not_bend_the_matrix():
    tickets = [*matrix_history(MATRIX, without=[("low", "low")]), past(999, "low", "low", "urgent")]
    found = find_matrix(tickets)
    assert found.matrix.cells["low", "low"] == "low"
    assert found.breaking == ("T-999",)


def test_where_priority_has_nothing_to_do_with_impact_and_urgency_no_matrix_is_followed():
    tickets = [
        past(number, *cell, PRIORITIES[(number // 9) % 4])
        for number, cell in enumerate([*product(STEPS, STEPS)] * 40)
    ]
    assert not find_matrix(tickets).is_followed


def test_nearly_all_normal_is_no_matrix_although_nearly_all_agree():
    tickets = [past(n, *cell, "normal") for n, cell in enumerate([*product(STEPS, STEPS)] * 40)]
    tickets += [past(1000 + n, "low", "low", "high") for n in range(5)]
    found = find_matrix(tickets)
    assert found.agreement > 0.98 and not found.is_followed


@pytest.mark.parametrize(
    "tickets",
    [
        matrix_history(MATRIX, count=49),
        [past(n, "low", STEPS[n % 3], PRIORITIES[n % 3]) for n in range(90)],
        [past(n, STEPS[n % 3], None, PRIORITIES[n % 3]) for n in range(90)],
        [past(n, STEPS[n % 3], STEPS[n % 3], ("red", "green")[n % 2]) for n in range(90)],
    ],
    ids=["too few", "impact does not vary", "no urgency", "priorities on no scale"],
)
def test_without_enough_to_go_by_nothing_is_said(tickets):
    assert find_matrix(tickets) is None


@settings(max_examples=25, deadline=None)
@given(st.sets(st.sampled_from([*product(STEPS, STEPS)]), max_size=5))
def test_filling_in_keeps_a_monotone_matrix_monotone(without):
    tickets = matrix_history(MATRIX, without=without)
    found = find_matrix(tickets)
    if found is not None:
        assert found.matrix.is_monotone
        assert not found.breaking
