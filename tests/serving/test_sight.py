from hypothesis import given
from hypothesis import strategies as st

from serving.sight import Sight
from triage.helping.policy import HelpingPolicy

TEAMS = st.sampled_from(["IT", "HR"])
LABELS = st.fixed_dictionaries(
    {}, optional={"team": TEAMS, "assignee": st.sampled_from(["a", "b"]), "category": TEAMS}
)
SIGHTS = st.builds(
    Sight,
    st.booleans(),
    st.none() | st.frozensets(TEAMS),
    st.none() | st.sampled_from(["a", "b"]),
    st.booleans(),
    st.builds(
        HelpingPolicy,
        st.dictionaries(st.sampled_from(["team", "category"]), st.frozensets(TEAMS)),
        st.sampled_from([0.1, 0.3]),
    ),
)


@given(SIGHTS, SIGHTS, st.lists(LABELS, max_size=12))
def test_sights_with_the_same_key_hide_the_same_labels(one: Sight, other: Sight, tickets: list[dict]):
    shown, same = ([sight.hides(labels) for labels in tickets] for sight in (one, other))
    assert shown == same or one.key != other.key


def test_what_has_no_say_in_hiding_is_not_in_the_key():
    assert Sight(policy=HelpingPolicy(least_chance=0.1)).key == Sight(policy=HelpingPolicy()).key
    assert hash(Sight(policy=HelpingPolicy({"team": frozenset({"HR"})})).key)
    assert Sight(teams=frozenset({"IT"})).key != Sight(teams=frozenset()).key != Sight().key
