from hypothesis import given
from hypothesis import strategies as st

from training.history import seen
from training.history.seen import Seen


@given(calls=st.lists(st.lists(st.text(max_size=2), max_size=30), max_size=20))
def test_repeats_are_counted_as_a_set_would(calls):
    known: set[str] = set()
    counter = Seen()
    for identities in calls:
        expected = 0
        for identity in identities:
            expected += identity in known
            known.add(identity)
        assert counter.count_repeats(identities) == expected


def test_repeats_are_counted_beyond_what_is_held_apart():
    counter = Seen()
    many = [str(n) for n in range(3 * seen.RUN)]
    for start in range(0, len(many), 10_000):
        assert counter.count_repeats(many[start : start + 10_000]) == 0
    assert counter.count_repeats([*many[::1000], "new"]) == len(many[::1000])
