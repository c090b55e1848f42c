import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.mode import Mode
from triage.policy import Policy
from triage.routing.policy import FairShare, RoutingPolicy, TeamRouting
from triage.routing.policy_document import read_routing
from triage.routing.queue_policy import QueuePolicy

names = st.text("abc ", min_size=1).filter(str.strip)
positive = st.floats(0.1, 100)
policies = st.builds(
    RoutingPolicy,
    skills=st.dictionaries(names, st.dictionaries(names, st.integers(1, 9))),
    effort=st.dictionaries(names, positive),
    default_capacity=st.none() | st.floats(0, 50),
    seniorities=st.just(("junior", "senior")),
    least_seniority=st.dictionaries(names, st.sampled_from(("junior", "senior"))),
    escalated=st.lists(names).map(tuple),
    match_language=st.booleans(),
    least_affinity=st.floats(0, 1),
    headroom_weight=st.floats(0, 9),
    fair_share=st.none() | st.builds(FairShare, st.floats(1, 9), st.integers(1, 9), st.integers(1, 9)),
    teams=st.dictionaries(
        names,
        st.builds(
            TeamRouting,
            st.none() | st.sampled_from(Mode),
            st.lists(names).map(tuple),
            st.none() | names,
            st.booleans(),
        ),
    ),
    queue=st.builds(QueuePolicy, st.dictionaries(names, positive), st.floats(0, 9), st.floats(0, 9)),
)


@given(policies)
def test_a_policy_comes_back_from_its_document(policy):
    assert read_routing(policy.to_document()) == policy
    whole = Policy(routing=policy)
    assert Policy.from_document(whole.to_document()) == whole


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "routing"),
        ({"skils": {}}, "'skils'"),
        ({"skills": {"VPN": ["vpn"]}}, "routing.skills.VPN"),
        ({"skills": {"VPN": {"vpn": 0}}}, "routing.skills.VPN.vpn"),
        ({"skills": {"VPN": {"vpn": True}}}, "routing.skills.VPN.vpn"),
        ({"effort": {"urgent": 0}}, "routing.effort.urgent"),
        ({"effort": {"urgent": float("inf")}}, "routing.effort.urgent"),
        ({"default_capacity": -1}, "routing.default_capacity"),
        ({"least_affinity": 1.1}, "routing.least_affinity"),
        ({"headroom_weight": float("nan")}, "routing.headroom_weight"),
        ({"seniorities": "senior"}, "routing.seniorities"),
        ({"least_seniority": {"urgent": "chief"}}, "routing.least_seniority.urgent"),
        ({"escalated": [1]}, "routing.escalated"),
        ({"match_language": 1}, "routing.match_language"),
        ({"fair_share": {"factor": 0.9}}, "routing.fair_share.factor"),
        ({"fair_share": {"days": 1.5}}, "routing.fair_share.days"),
        ({"teams": {"Mail": {"mode": "on"}}}, "routing.teams.Mail.mode"),
        ({"teams": {"Mail": {"country": " "}}}, "routing.teams.Mail.country"),
        ({"queue": {"priorities": {"low": -1}}}, "routing.queue.priorities.low"),
    ],
)
def test_each_mistake_is_named_where_it_stands(document, where):
    with pytest.raises(ConfigurationError, match="expected") as caught:
        read_routing(document)
    assert where in str(caught.value)
