import pytest

from tests.serving.fakes import promote_fake
from tests.serving.house import House
from triage.policy import FieldPolicy, Mode, Policy
from triage.sla.book import SlaBook
from triage.store.policies import write_policy
from triage.store.scope import Across
from triage.store.sla_books import write_book
from triage.store.tickets import count_tickets, get_ticket, set_labels

TICKET = {"subject": "VPN drops", "body": "since this morning", "ticket_id": "T-1"}


def post(house: House, ticket: dict, path: str = "/v1/triage", role: str = "service", **headers: str):
    return house.client.post(path, json=ticket, headers=house.key(role) | headers)


def test_one_ticket_gets_one_decision_with_everything_that_explains_it(house: House):
    answer = post(house, TICKET)
    assert answer.status_code == 200
    decision = answer.json()
    assert decision["ticket_id"] == "T-1"
    assert decision["model_version"] == "v1"
    assert decision["fields"]["category"] == {
        "value": "network",
        "confidence": 0.9,
        "threshold": 0.8,
        "action": "apply",
        "reason": None,
        "top": [
            {"label": "network", "confidence": 0.9},
            {"label": "account", "confidence": 0.05},
            {"label": "hardware", "confidence": 0.05},
        ],
        "basis": None,
        "lifted": None,
    }
    assert decision["fields"]["team"]["action"] == "suggest"
    assert decision["fields"]["team"]["threshold"] is None
    assert decision["explanation"]["category"] == {
        "label": "network",
        "contributions": [{"kind": "word", "name": "vpn", "weight": 1.5}],
        "because": "network rather than account: the word “vpn” speaks for it. "
        "Sure enough: 90 %, needs 80 %.",
        "against": "account",
        "log_odds": 2.89,
        "parts": [
            {"kind": "word", "name": "vpn", "weight": 2.75},
            {"kind": "bias", "name": "the model's starting point", "weight": 0.14},
        ],
        "votes": [],
        "voters": 0,
        "deletions": [],
        "basis": None,
    }
    assert [one["ticket_id"] for one in decision["similar"]] == ["OLD-0", "OLD-1", "OLD-2"]


def test_a_ticket_that_lacks_the_form_of_the_history_is_told_apart(house: House):
    batch = [TICKET, TICKET | {"ticket_id": "T-2", "body": "bare"}]
    answers = post(house, {"tickets": batch}, "/v1/triage/batch").json()["decisions"]
    assert [one["lacks_form"] for one in answers] == [False, True]
    headers = house.key("service")
    kept = [house.client.get(f"/v1/decisions/{one['decision_id']}", headers=headers) for one in answers]
    assert [one.json()["lacks_form"] for one in kept] == [False, True]


def test_what_is_not_asked_for_is_not_told(house: House):
    decision = post(house, TICKET, "/v1/triage?explain=false&similar=0&articles=0").json()
    assert (decision["explanation"], decision["similar"], decision["articles"]) == ({}, [], [])


def test_what_deletions_would_change_is_told_on_request(house: House):
    told = post(house, TICKET, "/v1/triage?detail=true").json()["explanation"]["category"]["deletions"]
    assert told == [{"kind": "word", "text": "vpn", "label": "account", "confidence": 0.33, "change": 2.89}]


def test_a_batch_is_decided_in_order_and_each_ticket_as_if_alone(house: House):
    tickets = [TICKET, {"subject": "Laptop broken"}, {"subject": "What?"}]
    found = post(house, {"tickets": tickets}, "/v1/triage/batch").json()["decisions"]
    assert [one["fields"]["category"]["value"] for one in found] == ["network", "hardware", "account"]
    alone = [post(house, ticket, "/v1/triage?explain=false&similar=0").json() for ticket in tickets]
    assert [one["fields"] for one in found] == [one["fields"] for one in alone]


def test_a_value_that_is_no_known_label_is_kept_and_told_with_the_labels_that_are(house: House):
    given = TICKET | {"values": {"category": "netwrok", "team": "web", "impact": "enormous"}}
    decision = post(house, given).json()
    # Nothing is known of impact: nothing can be said of its values.
    assert decision["unknown_values"] == [
        {
            "field": "category",
            "value": "netwrok",
            "known": ["account", "hardware", "network"],
            "known_labels": 3,
        }
    ]
    assert decision["fields"]["category"]["reason"] == "human_value_present"
    batch = post(house, {"tickets": [TICKET | {"ticket_id": "T-other"}, given]}, "/v1/triage/batch").json()[
        "decisions"
    ]
    assert [len(one["unknown_values"]) for one in batch] == [0, 1]


def test_a_ticket_without_an_id_is_decided_without_one(house: House):
    assert post(house, {"subject": "vpn"}).json()["ticket_id"] is None


def test_without_a_promoted_model_every_field_abstains_and_says_so(house: House):
    answer = house.client.post("/v1/triage", json=TICKET, headers=house.key("service", "empty"))
    assert answer.status_code == 200
    fields = answer.json()["fields"]
    assert {(one["action"], one["reason"], one["value"]) for one in fields.values()} == {
        ("abstain", "no_model", None)
    }
    assert answer.json()["model_version"] is None


def test_the_kill_switch_holds_for_the_next_request(house: House):
    assert post(house, TICKET).json()["fields"]["category"]["action"] == "apply"
    write_policy(house.store, "acme", Policy(kill_switch=True), "ada")
    category = post(house, TICKET).json()["fields"]["category"]
    assert (category["action"], category["reason"]) == ("abstain", "kill_switch")


def test_a_field_that_is_off_is_absent_from_answer_and_explanation(house: House):
    write_policy(house.store, "acme", Policy(fields={"team": FieldPolicy(Mode.OFF)}), "ada")
    decision = post(house, TICKET).json()
    assert set(decision["fields"]) == set(decision["explanation"]) == {"category"}


def test_a_persons_value_is_left_alone(house: House):
    decision = post(house, TICKET | {"values": {"category": "hardware"}}).json()
    assert decision["fields"]["category"]["reason"] == "human_value_present"


def test_the_same_request_with_its_key_is_answered_again_and_not_done_again(house: House):
    first = post(house, TICKET, **{"Idempotency-Key": "once"})
    again = post(house, TICKET, **{"Idempotency-Key": "once"})
    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    with house.store.reading(Across.OPERATOR) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM decisions").scalar() == 1


def test_a_key_with_another_body_or_another_address_is_refused(house: House):
    post(house, TICKET, **{"Idempotency-Key": "once"})
    assert post(house, TICKET | {"body": "other"}, **{"Idempotency-Key": "once"}).status_code == 422
    assert post(house, TICKET, "/v1/triage?similar=1", **{"Idempotency-Key": "once"}).status_code == 422


def test_a_request_that_was_refused_leaves_its_key_free(house: House):
    assert post(house, {"subject": 5}, **{"Idempotency-Key": "once"}).status_code == 422
    assert post(house, TICKET, **{"Idempotency-Key": "once"}).status_code == 200


@pytest.mark.parametrize("workspace", ["acme", "other"])
def test_a_workspace_is_answered_by_its_own_model(house: House, workspace: str):
    promote_fake(house.home, "other-v1", "other")
    house.wait_for_model("other-v1", "other")
    answer = house.client.post("/v1/triage", json=TICKET, headers=house.key("service", workspace))
    assert answer.json()["model_version"] == {"acme": "v1", "other": "other-v1"}[workspace]


def test_a_ticket_with_an_id_is_stored_and_what_became_of_it_stays(house: House):
    post(house, TICKET)
    set_labels(house.store, "acme", "T-1", {"category": "hardware"})
    post(house, TICKET | {"body": "and again"})
    stored = get_ticket(house.store, "acme", "T-1")
    assert stored is not None
    assert (stored.ticket.body, stored.labels) == ("and again", {"category": "hardware"})
    assert stored.ticket.created_at is not None
    post(house, {"subject": "without an id"})
    assert count_tickets(house.store, "acme") == 1


def test_a_ticket_is_told_when_it_is_due(house: House):
    assert post(house, TICKET).json()["sla"] is None
    document = {"policies": [{"name": "network", "category": ["network"], "response": "1h"}]}
    write_book(house.store, "acme", SlaBook.from_document(document), "dana")
    sla = post(house, TICKET | {"created_at": "2026-03-02T09:30:00+01:00"}).json()["sla"]
    assert sla == {
        "policy": "network",
        "response_due": "2026-03-02T09:30:00Z",
        "resolution_due": None,
        "resolution_hours": [],
        "breach_probability": None,
        "breach_basis": None,
        "reassignment_probability": None,
    }
