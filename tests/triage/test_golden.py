from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from triage.golden import JUDGED, choose_golden

LABELS = st.dictionaries(st.integers(0, 999).map("T-{}".format), st.sampled_from("abcde"), max_size=200)


@given(labels=LABELS, count=st.integers(1, 60), state=st.integers(0, 9))
def test_of_no_label_more_than_a_tenth_and_of_rarer_ones_no_fewer_than_they_have(labels, count, state):
    chosen = choose_golden(labels, count, random_state=state)
    assert chosen == choose_golden(dict(reversed(labels.items())), count, random_state=state)
    assert len(set(chosen)) == len(chosen) <= count and set(chosen) <= set(labels)
    there, taken = Counter(labels.values()), Counter(labels[one] for one in chosen)
    room = {label: many // 10 for label, many in there.items()}
    assert all(taken[label] <= room[label] for label in there)
    assert len(chosen) == min(count, sum(room.values()))
    # Whoever got less than another label got all that it could give, or one less by the order of a round.
    most = max(taken.values(), default=0)
    assert all(taken[label] in (room[label], most, most - 1) for label in there)


def test_another_state_chooses_others():
    labels = {f"T-{number}": "a" for number in range(500)}
    assert choose_golden(labels, 20) != choose_golden(labels, 20, random_state=1)


def test_nobody_freezes_who_has_a_ticket():
    assert "assignee" not in JUDGED and {"category", "team", "priority"} <= set(JUDGED)
