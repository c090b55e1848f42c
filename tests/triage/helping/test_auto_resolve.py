from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage.decision import Action, Decision, FieldDecision
from triage.helping.auto_resolve import AutoResolution, barrier
from triage.policy import Policy
from triage.ticket import Ticket

NOW = datetime(2026, 3, 2, tzinfo=UTC)
TICKET = Ticket("T-1", "VPN down", requester="dana")


def decision(category: str = "network", action: Action = Action.APPLY, team: str = "web") -> Decision:
    fields = {
        "category": FieldDecision("category", category, 0.9, 0.8, action, None),
        "team": FieldDecision("team", team, 0.5, 0.8, Action.ABSTAIN, "low_confidence"),
    }
    return Decision("d", "T-1", "v1", NOW, fields, None)


def policy(**more) -> Policy:
    auto = {"mode": "apply", "categories": ["network"]} | more.pop("auto", {})
    return Policy.from_document({"helping": {"auto_resolve": auto} | more.pop("helping", {})} | more)


def test_a_listed_sure_category_with_a_likely_article_is_answered():
    assert barrier(TICKET, decision(), policy(), 0.95) is None


@pytest.mark.parametrize(
    ("ticket", "decided", "ruled", "chance", "reason"),
    [
        (TICKET, decision(), Policy(), 0.99, "off"),
        (TICKET, decision(), policy(kill_switch=True), 0.99, "kill_switch"),
        (
            replace(TICKET, subject="My account was hacked"),
            decision(),
            policy(),
            0.99,
            "guardrail:security_report",
        ),
        (
            replace(TICKET, subject="Automatic reply: away"),
            decision(),
            policy(),
            0.99,
            "guardrail:automatic_reply",
        ),
        (replace(TICKET, requester=None), decision(), policy(), 0.99, "no_requester"),
        (TICKET, decision(action=Action.SUGGEST), policy(), 0.99, "low_confidence"),
        (
            TICKET,
            decision(),
            policy(fields={"category": {"never_automate": ["network"]}}),
            0.99,
            "never_automate",
        ),
        (TICKET, decision(), policy(fields={"team": {"never_automate": ["web"]}}), 0.99, "never_automate"),
        (TICKET, decision(), policy(helping={"confidential": {"team": ["web"]}}), 0.99, "confidential"),
        (TICKET, decision(), policy(auto={"categories": ["account"]}), 0.99, "category_not_listed"),
        (TICKET, decision(), policy(auto={"categories": []}), 0.99, "category_not_listed"),
        (TICKET, decision(), policy(), 0.89, "low_confidence"),
        (TICKET, decision(), policy(), None, "low_confidence"),
        (TICKET, decision(), policy(auto={"mode": "shadow"}), 0.99, "shadow"),
    ],
)
def test_anything_in_doubt_keeps_it_from_being_sent(ticket, decided, ruled, chance, reason):
    assert barrier(ticket, decided, ruled, chance) == reason


def test_silence_is_no_agreement():
    sent = AutoResolution("T-1", "KB-1", 0.95, False, NOW, NOW + timedelta(hours=72))
    assert sent.state(NOW) == "waiting"
    assert sent.state(NOW + timedelta(hours=72)) == "expired"
    assert replace(sent, helped=True).state(NOW) == "confirmed"
    assert replace(sent, helped=False).state(NOW) == "refused"
    assert replace(sent, is_shadow=True).state(NOW) == "shadow"
