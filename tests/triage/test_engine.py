from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.serving.fakes import FakeModel
from triage.decision import Action
from triage.engine import abstain_without_model, decide, triage_tickets
from triage.policy import FieldPolicy, Mode, Policy, Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import FIELDS, Ticket

LABELS = ("account", "hardware", "network")
NOW = datetime(2026, 3, 2, tzinfo=UTC)
TICKET = Ticket("T-1", "VPN drops", "since this morning")

chances = st.lists(st.floats(0.001, 1), min_size=3, max_size=3).map(lambda one: np.array(one) / sum(one))
thresholds = st.dictionaries(st.sampled_from(LABELS), st.none() | st.floats(0, 1))
promises = st.builds(Promise, st.just(0.9), thresholds, st.floats(0, 1))
policies = st.builds(
    Policy,
    st.booleans(),
    st.dictionaries(
        st.just("category"),
        st.builds(
            FieldPolicy,
            st.sampled_from(Mode),
            st.dictionaries(st.sampled_from(LABELS), st.floats(0, 1)),
            st.frozensets(st.sampled_from(LABELS)),
        ),
    ),
    st.frozensets(st.sampled_from(["automatic_reply", "security_report"])),
)
tickets = st.builds(
    Ticket,
    st.just("T-1"),
    st.sampled_from(["VPN drops", "ransomware", "Automatic reply: VPN", "", "?"]),
    product=st.sampled_from([None, "VPN client"]),
    values=st.sampled_from([{}, {"category": "network"}, {"category": ""}, {"team": "web"}]),
)
cases = st.tuples(tickets, chances, st.floats(0, 1), promises, policies)


def outcome(ticket, chance, familiarity, promise, policy):
    prediction = Prediction("category", LABELS, np.asarray(chance))
    decided = decide(ticket, Assessment({"category": prediction}, familiarity), {"category": promise}, policy)
    return decided.get("category")


def sure(confidence: float = 0.9, ticket: Ticket = TICKET, **changes):
    """The decision for a ticket whose likeliest label is ``network``, threshold 0.8, shown from 0.5."""
    rest = (1 - confidence) / 2
    familiarity = changes.pop("familiarity", 0.5)
    policy = changes.pop("policy", Policy())
    promise = Promise(0.9, {"network": 0.8, **changes.pop("thresholds", {})}, 0.5)
    return outcome(ticket, [rest, rest, confidence], familiarity, promise, policy)


def field(**changes) -> Policy:
    return Policy(fields={"category": FieldPolicy(**changes)})


def told(one) -> tuple[str, str | None]:
    return one.action.value, one.reason


def test_what_reaches_its_threshold_is_applied():
    assert told(sure(0.8)) == ("apply", None)
    assert told(sure(np.nextafter(0.8, 0))) == ("suggest", "low_confidence")
    assert told(sure(0.49)) == ("abstain", "low_confidence")


def test_a_label_without_threshold_is_never_applied_however_sure():
    assert told(sure(1.0, thresholds={"network": None})) == ("suggest", "low_confidence")
    assert told(outcome(TICKET, [0, 0, 1.0], 1.0, Promise(0.9, {}, 0.5), Policy())) == (
        "suggest",
        "low_confidence",
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(kill_switch=True), ("abstain", "kill_switch")),
        (field(mode=Mode.SHADOW), ("abstain", "shadow")),
        (field(mode=Mode.SUGGEST), ("suggest", None)),
        (field(never_automate=frozenset({"network"})), ("suggest", "never_automate")),
        (field(never_automate=frozenset({"account"})), ("apply", None)),
        (field(thresholds={"network": 0.95}), ("suggest", "low_confidence")),
        (field(thresholds={"network": 0.0}), ("apply", None)),
    ],
)
def test_the_admins_word_goes_before_the_models(policy, expected):
    assert told(sure(0.9, policy=policy)) == expected


def caught(chance, **changes):
    """The decision where ``account`` is flagged from a probability of 0.2."""
    policy = changes.pop("policy", Policy())
    promise = Promise(0.9, {"network": 0.8, "account": 0.7}, 0.5, flags={"account": 0.2, "web": None})
    return outcome(TICKET, chance, 0.5, promise, policy)


def test_a_label_to_be_caught_is_suggested_though_another_is_likelier_and_sure():
    place = LABELS.index("account")
    chance = np.full(len(LABELS), 0.0)
    chance[LABELS.index("network")], chance[place] = 0.8, 0.2
    decided = caught(chance)
    assert told(decided) == ("suggest", "low_confidence")
    assert (decided.value, decided.confidence, decided.threshold) == ("account", 0.2, 0.7)
    assert decided.top[0] == ("network", 0.8)
    assert told(caught(chance, policy=Policy(kill_switch=True))) == ("abstain", "kill_switch")
    assert told(caught(chance, policy=field(mode=Mode.SHADOW))) == ("abstain", "shadow")
    chance[LABELS.index("network")], chance[place] = 0.81, 0.19
    assert told(caught(chance)) == ("apply", None)


def test_a_label_to_be_caught_that_is_likeliest_is_applied_from_its_threshold_and_suggested_below():
    place = LABELS.index("account")
    chance = np.full(len(LABELS), 0.3 / (len(LABELS) - 1))
    chance[place] = 0.7
    assert told(caught(chance)) == ("apply", None)
    chance = np.full(len(LABELS), 0.6 / (len(LABELS) - 1))
    chance[place] = 0.4
    assert told(caught(chance)) == ("suggest", "low_confidence")


def test_a_threshold_of_the_admin_stands_in_for_one_that_was_not_learnt():
    policy = field(thresholds={"network": 0.85})
    decided = sure(0.9, thresholds={"network": None}, policy=policy)
    assert (told(decided), decided.threshold) == (("apply", None), 0.85)


def test_a_field_that_is_off_is_left_out():
    assert sure(policy=field(mode=Mode.OFF)) is None


@pytest.mark.parametrize(
    ("ticket", "expected"),
    [
        (replace(TICKET, values={"category": "hardware"}), ("abstain", "human_value_present")),
        (replace(TICKET, values={"team": "web"}), ("apply", None)),
        (replace(TICKET, values={"category": ""}), ("apply", None)),
        (Ticket("T-1", "Automatic reply: VPN"), ("abstain", "guardrail:automatic_reply")),
        (Ticket("T-1", "ransomware on my laptop"), ("suggest", "guardrail:security_report")),
        (Ticket("T-1"), ("abstain", "too_short")),
        (Ticket("T-1", "?", "!!"), ("abstain", "too_short")),
        (Ticket("T-1", tags=("vip",)), ("abstain", "too_short")),
        (Ticket("T-1", custom={"site": ""}), ("abstain", "too_short")),
        (Ticket("T-1", custom={"site": "Bern"}), ("apply", None)),
        (Ticket("T-1", product="VPN client"), ("apply", None)),
        (Ticket("T-1", "网络断了"), ("apply", None)),
    ],
)
def test_what_the_ticket_says_of_itself_is_heard_first(ticket, expected):
    assert told(sure(ticket=ticket)) == expected


def test_one_known_ticket_in_a_hundred_may_be_called_unfamiliar():
    assert told(sure(familiarity=0.01)) == ("apply", None)
    assert told(sure(familiarity=0.0099)) == ("abstain", "unfamiliar")


def test_a_language_not_learnt_holds_back_the_fields_that_it_concerns_and_no_other():
    prediction = Prediction("category", LABELS, np.asarray([0.02, 0.03, 0.95]))
    promise = {"category": Promise(0.9, {"network": 0.8}, 0.5)}

    def decided(familiarity: float, *unsupported: str):
        assessment = Assessment({"category": prediction}, familiarity, unsupported=frozenset(unsupported))
        return told(decide(TICKET, assessment, promise, Policy())["category"])

    assert decided(0.5, "category", "team") == ("abstain", "unsupported_language")
    assert decided(0.0, "category") == ("abstain", "unsupported_language")
    assert decided(0.5, "team") == ("apply", None)


def test_the_first_reason_of_the_order_of_precedence_is_the_one_told():
    ticket = Ticket("T-1", "Automatic reply: ransomware", values={"category": "hardware"})
    policy = Policy(True, {"category": FieldPolicy(Mode.SHADOW, {}, frozenset({"network"}))})
    reasons = []
    for changes in ({}, {"values": {}}):
        reasons.append(sure(0.1, replace(ticket, **changes), policy=policy, familiarity=0.0).reason)
    policy = replace(policy, kill_switch=False)
    blocked = replace(ticket, values={})
    reasons.append(sure(0.1, blocked, policy=policy, familiarity=0.0).reason)
    reasons.append(sure(0.1, Ticket("T-1"), policy=policy, familiarity=0.0).reason)
    reasons.append(sure(0.1, policy=policy, familiarity=0.0).reason)
    reasons.append(sure(0.1, policy=policy).reason)
    policy = field(never_automate=frozenset({"network"}))
    watched = Ticket("T-1", "ransomware")
    reasons.append(sure(0.9, watched, policy=policy).reason)
    reasons.append(sure(0.6, watched).reason)
    reasons.append(sure(0.6, policy=field(mode=Mode.SUGGEST)).reason)
    assert reasons == [
        "human_value_present",
        "kill_switch",
        "guardrail:automatic_reply",
        "too_short",
        "unfamiliar",
        "shadow",
        "never_automate",
        "guardrail:security_report",
        "low_confidence",
    ]


@given(cases)
def test_with_the_kill_switch_nothing_is_applied_or_suggested(case):
    *rest, policy = case
    decided = outcome(*rest, replace(policy, kill_switch=True))
    assert decided is None or decided.action is Action.ABSTAIN


@given(cases)
def test_a_persons_value_is_never_overwritten(case):
    ticket, *rest = case
    decided = outcome(replace(ticket, values={"category": "account"}), *rest)
    assert decided is None or told(decided) == ("abstain", "human_value_present")


@given(cases, st.sampled_from(LABELS), st.floats(0, 1))
def test_a_higher_threshold_never_applies_more(case, label, higher):
    ticket, chance, familiarity, promise, policy = case
    before = outcome(ticket, chance, familiarity, promise, policy)
    own = policy.field("category")
    old = own.thresholds.get(label, promise.thresholds.get(label))
    raised = replace(own, thresholds={**own.thresholds, label: max(higher, 1.0 if old is None else old)})
    if old is None:
        return  # Naming a threshold where none was learnt allows, it does not raise.
    after = outcome(ticket, chance, familiarity, promise, replace(policy, fields={"category": raised}))
    assert before is None or after.action is not Action.APPLY or before.action is Action.APPLY


@given(cases)
def test_only_what_reaches_a_threshold_in_mode_apply_is_applied(case):
    decided = outcome(*case)
    if decided is None or decided.action is not Action.APPLY:
        return
    _, chance, familiarity, _, policy = case
    own = policy.field("category")
    assert own.mode is Mode.APPLY
    assert decided.value not in own.never_automate
    assert decided.threshold is not None and decided.confidence >= decided.threshold
    assert decided.confidence == max(chance) and familiarity >= 0.01
    assert decided.reason is None


@given(cases)
def test_an_abstention_always_says_why_and_every_decision_shows_the_likeliest(case):
    decided = outcome(*case)
    if decided is None:
        return
    assert (decided.reason is None) <= (decided.action is not Action.ABSTAIN)
    assert decided.top[0] == (decided.value, decided.confidence)


def test_each_ticket_gets_a_decision_of_its_own_in_order():
    asked = [TICKET, Ticket("T-2", "my laptop"), Ticket("T-3", "forgot my password")]
    decisions = triage_tickets(asked, FakeModel(), "v1", Policy(), similar=2, now=NOW)
    assert [one.ticket_id for one in decisions] == ["T-1", "T-2", "T-3"]
    assert [one.fields["category"].value for one in decisions] == ["network", "hardware", "account"]
    assert {(one.model_version, one.created_at) for one in decisions} == {("v1", NOW)}
    assert len({one.decision_id for one in decisions}) == 3
    assert [len(one.assessment.similar) for one in decisions] == [2, 2, 2]
    assert decisions[0].assessment.explanations == {}
    assert triage_tickets([], FakeModel(), "v1", Policy()) == []


@pytest.mark.parametrize(("kill", "reason"), [(False, "no_model"), (True, "kill_switch")])
def test_without_a_model_every_field_abstains_and_says_why(kill, reason):
    policy = Policy(kill, {"team": FieldPolicy(Mode.OFF)})
    (decision,) = abstain_without_model([TICKET], policy, now=NOW)
    assert set(decision.fields) == {*FIELDS} - {"team"}
    assert {told(one) for one in decision.fields.values()} == {("abstain", reason)}
    assert decision.model_version is None


def test_a_field_of_which_nothing_can_be_said_is_left_alone_however_sure_it_looks():
    prediction = Prediction("subcategory", LABELS, np.array([0.01, 0.01, 0.98]))
    promise = {"subcategory": Promise(0.9, dict.fromkeys(LABELS, 0.5), 0.1)}
    for withheld, action in ((frozenset(), Action.APPLY), (frozenset({"subcategory"}), Action.ABSTAIN)):
        assessment = Assessment({"subcategory": prediction}, 0.5, withheld=withheld)
        assert decide(TICKET, assessment, promise, Policy())["subcategory"].action is action


@pytest.mark.parametrize(("field", "shown"), [("category", 3), ("team", 3), ("assignee", 5)])
def test_of_people_more_are_shown_than_of_other_labels(field, shown):
    prediction = Prediction(field, tuple("abcdefg"), np.array([0.3, 0.2, 0.15, 0.12, 0.1, 0.08, 0.05]))
    decided = decide(TICKET, Assessment({field: prediction}, 0.5), {field: Promise(0.9, {}, 0.1)}, Policy())
    assert [label for label, _ in decided[field].top] == list("abcdefg"[:shown])
