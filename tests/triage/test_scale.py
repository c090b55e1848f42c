import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.priority import PRIORITIES
from triage.scale import place_on, scale_of


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (PRIORITIES, PRIORITIES),
        (["1 - High", "2 - Medium", "3 - Low"], ("3 - Low", "2 - Medium", "1 - High")),
        (["1 - Low", "2 - Medium", "3 - High"], ("1 - Low", "2 - Medium", "3 - High")),
        (["HIGH", "Low", "medium"], ("Low", "medium", "HIGH")),
        (["1", "2", "3"], ("3", "2", "1")),
        (["P1", "P2", "P10"], ("P10", "P2", "P1")),
        (["Sev 1", "Sev 2"], ("Sev 2", "Sev 1")),
        (
            ["Blocker", "Critical", "Major", "Minor", "Trivial"],
            ("Trivial", "Minor", "Major", "Critical", "Blocker"),
        ),
        (["network", "hardware"], None),
        (["low", "odd"], None),
        (["low"], None),
        ([], None),
        (["2026-01-02", "2026-01-03"], None),
    ],
)
def test_the_order_is_told_by_words_then_by_numbers_or_not_at_all(labels, expected):
    assert scale_of(labels) == expected


@given(st.permutations(["lowest", "low", "medium", "high", "highest"]))
def test_the_order_given_does_not_matter(labels):
    assert scale_of(labels) == ("lowest", "low", "medium", "high", "highest")


@pytest.mark.parametrize(
    ("scale", "places"),
    [
        (PRIORITIES, (0, 1, 2, 3)),
        (("P4", "P3", "P2", "P1"), (0, 1, 2, 3)),
        (("P5", "P4", "P3", "P2", "P1"), (1, 2, 3, 4)),
        (("P3", "P2", "P1"), (0, 0, 1, 2)),
        (("Low", "Medium", "High"), (0, 1, 2, 2)),
        (("planning", "low", "moderate", "high", "critical"), (1, 2, 3, 4)),
        (("Minor", "Critical"), (0, 1, 1, 1)),
        (("only",), (0, 0, 0, 0)),
    ],
)
def test_ours_lie_on_a_helpdesks_own_scale_by_name_by_word_or_counted_from_the_gravest(scale, places):
    assert tuple(place_on(scale, one) for one in PRIORITIES) == places
    assert [place_on(scale, one) for one in scale] == list(range(len(scale)))


def test_a_priority_of_neither_scale_has_no_place():
    with pytest.raises(ValueError, match="P9"):
        place_on(("P2", "P1"), "P9")
