from datetime import UTC, datetime, timedelta

from triage.decision import Action, Decision, FieldDecision
from triage.store import Store
from triage.store.decisions import put_decisions
from triage.store.recent_decisions import recent_documents
from triage.ticket import Ticket

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def decision(number: int, version: str) -> Decision:
    field = FieldDecision("team", "web", number / 100, 0.8, Action.APPLY, None, (("web", number / 100),))
    return Decision(
        f"{version}-{number}", f"T-{number}", version, NOW + timedelta(minutes=number), {"team": field}
    )


def test_the_newest_of_one_model_come_first_and_hold_no_text(store: Store):
    decided = [decision(number, "v2" if number % 2 else "v1") for number in range(10)]
    put_decisions(store, "acme", [Ticket(one.ticket_id, "secret") for one in decided], decided)
    put_decisions(store, "other", [Ticket("T-1", "secret")], [decision(99, "v3")])
    found = recent_documents(store, "acme", "v2", 3)
    assert [one["fields"]["team"]["confidence"] for one in found] == [0.09, 0.07, 0.05]
    assert "secret" not in str(found)
    assert recent_documents(store, "acme", "v3", 3) == []
