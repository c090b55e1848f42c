import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.priority import PRIORITIES, PriorityMatrix, rank

STEPS = ("low", "medium", "high")
DEFAULT = PriorityMatrix.default(STEPS, STEPS)

scales = st.lists(st.text(min_size=1, max_size=3), min_size=1, max_size=4, unique=True).map(tuple)
spreads = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(lambda one: np.array([one]) / sum(one))


@st.composite
def matrices(draw):
    impacts, urgencies = draw(scales), draw(scales)
    cells = {cell: draw(st.sampled_from(PRIORITIES)) for cell in product(impacts, urgencies)}
    return PriorityMatrix(impacts, urgencies, cells)


def test_the_scale_rises_from_low_to_urgent():
    assert sorted(PRIORITIES, key=rank) == ["low", "normal", "high", "urgent"]


@pytest.mark.parametrize("other", ["", "Low", "critical", "P1"])
def test_a_value_off_the_scale_is_refused_with_the_scale(other):
    with pytest.raises(ValueError, match="low, normal, high, urgent"):
        rank(other)


@given(matrices())
def test_the_json_form_gives_the_same_matrix_back(matrix):
    assert PriorityMatrix.from_document(json.loads(json.dumps(matrix.to_document()))) == matrix


@given(spreads, spreads)
def test_chances_through_a_whole_matrix_sum_to_one(impact, urgency):
    chances = DEFAULT.chances(impact, urgency, STEPS, STEPS, PRIORITIES)
    assert chances.sum() == pytest.approx(1.0) and (chances >= 0).all()


@given(scales, scales)
def test_more_impact_or_urgency_never_means_less_by_the_default_matrix(impacts, urgencies):
    assert PriorityMatrix.default(impacts, urgencies).is_monotone


@given(matrices())
def test_a_matrix_is_monotone_just_when_no_step_up_lowers_the_priority(matrix):
    def place(i, u):
        return rank(matrix.cells[matrix.impacts[i], matrix.urgencies[u]])

    pairs = list(product(range(len(matrix.impacts)), range(len(matrix.urgencies))))
    holds = all(place(i, u) <= place(j, v) for (i, u), (j, v) in product(pairs, pairs) if i <= j and u <= v)
    assert matrix.is_monotone == holds


@given(spreads, spreads)
def test_moving_chance_to_a_graver_impact_never_lowers_the_expected_priority(impact, urgency):
    graver = impact.copy()
    graver[0, 0], graver[0, 2] = 0.0, impact[0, 0] + impact[0, 2]
    expected = [
        float(DEFAULT.chances(one, urgency, STEPS, STEPS, PRIORITIES)[0] @ np.arange(4))
        for one in (impact, graver)
    ]
    assert expected[0] <= expected[1] + 1e-9


def test_the_default_matrix_is_the_one_that_servicenow_ships():
    rows = [[DEFAULT.cells[i, u] for u in STEPS] for i in STEPS]
    assert rows == [
        ["low", "low", "normal"],
        ["low", "normal", "high"],
        ["normal", "high", "urgent"],
    ]


def test_a_label_that_the_matrix_does_not_know_carries_nothing():
    chances = DEFAULT.chances(
        np.array([[0.75, 0.25]]), np.array([[1.0]]), ("high", "odd"), ("high",), PRIORITIES
    )
    assert chances.tolist() == [[0.0, 0.0, 0.0, 0.75]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"impacts": []}, "impacts"),
        ({"impacts": ["low", "low", "high"]}, "different labels"),
        ({"urgencies": "low"}, "list of labels"),
        ({"cells": {"low": {"low": "low"}}}, "no priority for impact"),
        ({"cells": DEFAULT.to_document()["cells"] | {"odd": {"low": "low"}}}, "unknown pair"),
        ({"cells": [1]}, "cells"),
        ({"priorities": ["low", "normal"]}, "one of the labels in priorities"),
        ({"filled": [["low"]]}, "filled"),
        ({"filled": [["low", "odd"]]}, "unknown pair"),
        ({"colour": "red"}, "priority matrix"),
    ],
)
def test_a_matrix_with_a_mistake_is_refused_and_the_mistake_named(change, told):
    with pytest.raises(ConfigurationError, match=told):
        PriorityMatrix.from_document(DEFAULT.to_document() | change)
