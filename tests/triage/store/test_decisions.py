from dataclasses import replace
from datetime import UTC, datetime, timedelta

from triage.decision import Action, Decision, FieldDecision, Lifted
from triage.feedback import Feedback, Verdict
from triage.store import Store
from triage.store.decided_values import decided_values
from triage.store.decisions import get_decision, put_decisions
from triage.store.feedback import feedback_on, put_feedback
from triage.store.scope import Across
from triage.store.ticket_place import place_of_ticket
from triage.store.tickets import put_tickets
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FIELD = FieldDecision(
    "team", "web", 0.9, None, Action.SUGGEST, "low_confidence", (("web", 0.9), ("mail", 0.1))
)
LIFTED = FieldDecision(
    "priority",
    "urgent",
    0.9,
    0.8,
    Action.APPLY,
    None,
    (("high", 0.9),),
    "impact high × urgency medium → high, by the matrix",
    Lifted("gold customers", "high", "urgent"),
)
DECISION = Decision("d-1", "T-1", "v1", NOON, {"team": FIELD, "priority": LIFTED})
TICKET = Ticket("T-1", subject="Secret words", body="more of them")


def test_a_decision_comes_back_as_it_was_made_to_its_own_workspace_only(store: Store):
    put_decisions(store, "acme", [TICKET], [DECISION])
    found = get_decision(store, "acme", "d-1")
    assert found is not None
    assert found.decision == DECISION
    assert found.text_hash == TICKET.text_hash
    assert get_decision(store, "other", "d-1") is None
    assert get_decision(store, "acme", "d-2") is None


def test_what_is_decided_again_counts_though_the_clock_was_put_back(store: Store):
    put_tickets(store, "acme", [PastTicket(TICKET)], source="api")
    put_decisions(store, "acme", [TICKET], [DECISION])
    mail = {"team": replace(FIELD, value="mail")}
    back = replace(DECISION, decision_id="d-0", created_at=NOON - timedelta(hours=1), fields=mail)
    first, second = put_decisions(
        store, "acme", [TICKET, TICKET], [back, replace(back, decision_id="d-00")], again=["T-1"]
    )
    assert NOON < first.created_at < second.created_at
    assert get_decision(store, "acme", "d-0").decision == first
    assert place_of_ticket(store, "acme", "T-1").team == "mail"
    assert decided_values(store, "acme", ["T-1"], "team") == {"T-1": "mail"}


def test_a_stored_decision_holds_no_ticket_text(sqlite_store: Store):
    put_decisions(sqlite_store, "acme", [TICKET], [DECISION])
    with sqlite_store.reading(Across.OPERATOR) as connection:
        rows = connection.exec_driver_sql("SELECT * FROM decisions").all()
    assert rows and "Secret" not in repr(rows)


def test_feedback_is_kept_in_order_beside_the_decision(store: Store):
    put_decisions(store, "acme", [TICKET], [DECISION])
    first = Feedback("f-1", "d-1", "team", Verdict.ACCEPTED, "web", "ada", NOON)
    second = replace(
        first, feedback_id="f-2", verdict=Verdict.REPLACED, value="mail", created_at=datetime.now(UTC)
    )
    put_feedback(store, "acme", [second])
    put_feedback(store, "acme", [first])
    assert feedback_on(store, "acme", "d-1") == [first, second]
    assert feedback_on(store, "other", "d-1") == []
