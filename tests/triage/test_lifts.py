import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.lifts import Lift, lifted
from triage.priority import PRIORITIES
from triage.ticket import Ticket

GOLD = Lift("gold", "customer_tier", "field.tier", values=("gold",), at_least="high")
STEP = Lift("partners", "customer_tier", "organization", values=("Acme",), steps=1)
SHORT = Lift(
    "short", "sla_exposure", "organization", targets_hours={"Acme": 4.0}, shorter_than_hours=8.0, steps=2
)
HOURS = Lift("own hours", "sla_exposure", "field.response", shorter_than_hours=8.0, at_least="urgent")

tickets = st.builds(
    Ticket,
    st.just("T-1"),
    organization=st.sampled_from([None, "Acme", "Other"]),
    custom=st.dictionaries(st.sampled_from(["tier", "response"]), st.sampled_from(["gold", "4", "9", "x"])),
)


@given(
    tickets, st.sampled_from(PRIORITIES), st.lists(st.sampled_from([GOLD, STEP, SHORT, HOURS]), max_size=4)
)
def test_a_lift_never_lowers_and_more_rules_never_raise_less(ticket, priority, lifts):
    found = lifted(ticket, priority, PRIORITIES, lifts)
    after = priority if found is None else found[0]
    assert found is None or PRIORITIES.index(after) > PRIORITIES.index(priority)
    more = lifted(ticket, priority, PRIORITIES, [*lifts, GOLD])
    assert PRIORITIES.index(priority if more is None else more[0]) >= PRIORITIES.index(after)


@pytest.mark.parametrize(
    ("ticket", "priority", "expected"),
    [
        (Ticket("T", custom={"tier": "gold"}), "low", ("high", "gold")),
        (Ticket("T", custom={"tier": "gold"}), "urgent", None),
        (Ticket("T", custom={"tier": "silver"}), "low", None),
        (Ticket("T", organization="Acme"), "low", ("high", "short")),
        (Ticket("T", organization="Acme"), "urgent", None),
        (Ticket("T", organization=" ACME"), "low", ("high", "short")),
        (Ticket("T", custom={"response": "7.5"}), "low", ("urgent", "own hours")),
        (Ticket("T", custom={"response": "8"}), "low", None),
        (Ticket("T", custom={"response": "soon"}), "low", None),
        (Ticket("T", custom={"response": "nan"}), "low", None),
        (Ticket("T", custom={"tier": "gold"}), "P3", None),
    ],
)
def test_the_rule_that_raises_most_counts_and_is_named(ticket, priority, expected):
    assert lifted(ticket, priority, PRIORITIES, [GOLD, STEP, SHORT, HOURS]) == expected


def test_case_counts_but_for_organizations():
    acme = Ticket("T", organization="acme ", custom={"tier": "GOLD"})
    assert lifted(acme, "low", PRIORITIES, [GOLD, STEP]) == ("normal", "partners")
    exact = Lift(
        "exact",
        "sla_exposure",
        "organization",
        targets_hours={"ACME": 40.0, "acme": 4.0},
        shorter_than_hours=8.0,
        steps=1,
    )
    assert lifted(Ticket("T", organization="acme"), "low", PRIORITIES, [exact]) == ("normal", "exact")
    assert lifted(Ticket("T", organization="ACME"), "low", PRIORITIES, [exact]) is None


@pytest.mark.parametrize(
    ("scale", "priority", "expected"),
    [
        (("P4", "P3", "P2", "P1"), "P4", "P2"),
        (("P4", "P3", "P2", "P1"), "P2", None),
        (("5 - Planning", "4 - Low", "3 - Moderate", "2 - High", "1 - Critical"), "4 - Low", "2 - High"),
        (("Trivial", "Minor", "Major", "Critical", "Blocker"), "Minor", "Major"),
    ],
)
def test_on_a_helpdesks_own_scale_a_rule_raises_to_what_stands_for_its_priority(scale, priority, expected):
    found = lifted(Ticket("T", custom={"tier": "gold"}), priority, scale, [GOLD])
    assert found == (None if expected is None else (expected, "gold"))


@pytest.mark.parametrize("lift", [GOLD, STEP, SHORT, HOURS])
def test_the_json_form_gives_the_same_rule_back(lift):
    assert Lift.from_document(json.loads(json.dumps(lift.to_document()))) == lift


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "vip"}, "customer_tier, sla_exposure"),
        ({"by": "resolution"}, "organization"),
        ({"by": "field."}, "field.<name>"),
        ({"values": []}, "values"),
        ({"values": "gold"}, "values"),
        ({"at_least": None}, "one of them"),
        ({"steps": 1}, "one of them"),
        ({"steps": -1, "at_least": None}, "one of them"),
        ({"steps": True, "at_least": None}, "steps"),
        ({"kind": "sla_exposure"}, "shorter_than_hours"),
        ({"kind": "sla_exposure", "shorter_than_hours": -2}, "shorter_than_hours"),
        ({"targets_hours": {"Acme": "4"}}, "targets_hours"),
        ({"colour": "red"}, "colour"),
        ({"name": " "}, "name"),
    ],
)
def test_a_rule_with_a_mistake_is_refused_and_the_mistake_named(change, told):
    with pytest.raises(ConfigurationError, match=told):
        Lift.from_document(GOLD.to_document() | change)
