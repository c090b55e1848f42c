import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.affinity.evidence import ACTIVE, DOUBT, evidence_of, tempered
from features.affinity.signals import SIGNALS, read_signals
from tests.features.affinity.helpers import START, taught_index, ticket_of, vector_of


def test_evidence_is_the_number_of_tickets_and_those_of_a_year_ago_count_half():
    index = taught_index()
    known = [
        evidence_of(
            read_signals(index.memory, ticket_of("vpn", 99), at, vector=vector_of("vpn"), people=people)
        )
        for at, people in (
            (START.timestamp() + 10 * 86_400, None),
            (START.timestamp() + 375 * 86_400, None),
            (START.timestamp() + 10 * 86_400, np.array([0])),
        )
    ]
    assert known == pytest.approx([20, 10, 10], rel=0.02)
    assert evidence_of(np.full((3, len(SIGNALS)), np.log(0.02))) == pytest.approx(0.0)


@given(st.lists(st.floats(-30, 30), min_size=1, max_size=9), st.floats(0, 1e6), st.integers(0, 30))
def test_tempered_chances_keep_their_order_and_never_exceed_one(logits, evidence, others):
    odds = np.exp(np.array(logits) - max(logits))
    chances = odds / odds.sum()
    told = tempered(chances, evidence, len(chances) + others)
    assert told.sum() <= 1 + 1e-9
    order = np.argsort(-chances, kind="stable")
    assert np.all(np.diff(told[order]) <= 1e-12)


def test_nothing_seen_makes_all_equal_and_much_seen_changes_nothing():
    chances = np.array([0.9, 0.1])
    assert tempered(chances, 0.0, 5) == pytest.approx([0.2, 0.2])
    assert tempered(chances, 1e6 * DOUBT, 5) == pytest.approx(chances, abs=1e-5)


def test_people_without_a_ticket_add_no_evidence():
    signals = np.zeros((2, len(SIGNALS)))
    signals[:, ACTIVE] = np.log([4.02, 0.02])
    assert evidence_of(signals) == pytest.approx(4.0)
