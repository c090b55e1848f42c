import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.serving.fakes import FakeModel
from training.evaluate import evaluate_bundle
from training.evaluation_page import render_evaluation
from triage.bundle import Bundle, Manifest
from triage.errors import InputError
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket, Ticket

FILED = datetime(2026, 5, 1, tzinfo=UTC)


def bundle(last: str | None = None) -> Bundle:
    model = FakeModel()
    model.open(Path("."))
    trained = {"level": "linear", "labels": 3, "target_precision": 0.9, "metrics": {"accuracy": 0.8}}
    manifest = Manifest(
        version="v1",
        created_at=FILED,
        fields={"category": trained, "team": trained},
        taxonomy=Taxonomy({}, {"category": {"wifi": "network"}}),
        feature_version=1,
        data_hash="0" * 64,
        training={"last": last},
    )
    return Bundle(Path("."), manifest, model)


def past(number: int, subject: str, **labels: str) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}", subject, created_at=FILED + timedelta(hours=number)), labels)


TICKETS = [
    *[past(number, "vpn is slow", category="network") for number in range(6)],
    past(6, "vpn is slow", category="wifi"),
    past(7, "vpn is slow", category="hardware"),
    past(8, "my laptop", category="garden"),
    past(9, "hm, what", category="account"),
    past(10, "zzz laptop", category="hardware"),
    past(11, "my laptop"),
]


def category(tickets=TICKETS):
    return evaluate_bundle(bundle(), tickets)["fields"]["category"]


def test_decisions_are_counted_against_what_people_decided():
    found = category()
    metrics = found["metrics"]
    assert metrics["tickets"] == 11
    # Six of network, one renamed to network, the account that is first among equals, the unfamiliar laptop.
    assert metrics["accuracy"] == round(9 / 11, 6)
    # Applied: what reaches 0.8 and is familiar: eight by "vpn", one of the two laptops.
    assert metrics["coverage"] == round(9 / 11, 6)
    assert metrics["precision"] == round(7 / 9, 6)
    assert found["actions"] == {"abstain": 2, "apply": 9}
    assert found["reasons"] == {"low_confidence": 1, "unfamiliar": 1}


def test_a_label_that_the_model_does_not_know_is_named():
    assert category()["unseen"] == {"tickets": 1, "labels": [{"label": "garden", "tickets": 1}]}


def test_a_label_of_the_past_counts_as_the_one_that_took_its_place():
    pairs = {(one["truth"], one["predicted"]) for one in category()["confusions"]}
    assert pairs == {("hardware", "network"), ("garden", "hardware")}


def test_confused_pairs_name_tickets_to_look_at():
    pair = next(one for one in category()["confusions"] if one["truth"] == "hardware")
    assert pair == {
        "truth": "hardware",
        "predicted": "network",
        "tickets": 1,
        "share": 0.5,
        "examples": ["T-7"],
    }


def test_a_field_without_any_label_is_left_out():
    assert list(evaluate_bundle(bundle(), TICKETS)["fields"]) == ["category"]


def test_tickets_that_the_model_may_have_learnt_from_are_counted():
    document = evaluate_bundle(bundle(last=(FILED + timedelta(hours=3)).isoformat()), TICKETS)
    assert document["within_training"] == 4
    assert "4 of the tickets were filed before the training history ended" in render_evaluation(document)


def test_tickets_without_any_label_cannot_be_judged():
    with pytest.raises(InputError, match="without a label of category, team"):
        evaluate_bundle(bundle(), [past(1, "vpn")])


def test_the_document_is_json_and_the_page_shows_it_without_script():
    document = evaluate_bundle(bundle(), [*TICKETS, past(12, "laptop", category="<script>alert(1)</script>")])
    assert json.loads(json.dumps(document)) == document
    page = render_evaluation(document)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert f"{document['fields']['category']['metrics']['accuracy']:.1%}" in page
