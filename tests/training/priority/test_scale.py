import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.priority.scale import scale_of
from triage.priority import PRIORITIES


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
