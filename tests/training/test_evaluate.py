import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.features.fake_encoder import WordEncoder
from tests.serving.fakes import FakeModel
from training.beside import PeersOf
from training.evaluate import evaluate_bundle
from training.evaluation_page import render_evaluation
from training.history_hash import history_hash
from triage.bundle import Bundle, Manifest
from triage.errors import InputError
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket, Ticket

FILED = datetime(2026, 5, 1, tzinfo=UTC)


def bundle(last: str | None = None, data_hash: str = "0" * 64, **training) -> Bundle:
    model = FakeModel()
    model.open(Path("."))
    trained = {"level": "linear", "labels": 3, "target_precision": 0.9}
    trained |= {"metrics": {"accuracy": 0.8, "tickets": 200}}
    manifest = Manifest(
        version="v1",
        created_at=FILED,
        fields={"category": trained, "team": trained},
        taxonomy=Taxonomy({}, {"category": {"wifi": "network"}}),
        feature_version=1,
        data_hash=data_hash,
        training={"last": last} | training,
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
    assert "12 tickets are too few to say how good it is: 9 of 12 were right." in page


HISTORY = [
    past(-100 + number, f"{word} trouble", category=label)
    for number in range(60)
    for word, label in [(("vpn", "network"), ("laptop", "hardware"), ("password", "account"))[number % 3]]
]
REFERENCE = {
    "tickets": 100,
    "first": None,
    "last": None,
    "values": {"channel": {"counts": {"mail": 100}, "others": 0}},
    "labels": {"category": {"counts": {"account": 60, "hardware": 20, "network": 20}, "others": 0}},
    "numbers": {"familiarity": {"mean": 0.5, "edges": [0.25, 0.75], "counts": [25, 50, 25]}},
    "confidence": {"category": {"mean": 0.8, "edges": [0.5, 0.85], "counts": [20, 30, 50]}},
}


def test_drift_is_measured_where_the_bundle_kept_something_to_compare_with():
    document = evaluate_bundle(bundle(reference=REFERENCE), TICKETS)
    assert document["drift"]["tickets"] == 100
    found = {(one["measure"], one["field"]): one for one in document["drift"]["measures"]}
    assert found["labels", "category"]["most"][0]["value"] == "account"
    assert found["accuracy", "category"]["then"] == 0.8
    assert ("channel", None) in found
    assert "What has moved since training" in render_evaluation(document)


def test_a_bundle_that_kept_nothing_to_compare_with_says_so():
    document = evaluate_bundle(bundle(), TICKETS)
    assert document["drift"] is None
    assert "kept nothing to compare with" in render_evaluation(document)


def test_peers_learn_the_given_history_and_are_judged_on_the_same_tickets():
    peers_of = PeersOf(HISTORY, WordEncoder())
    document = evaluate_bundle(bundle(data_hash=history_hash(HISTORY)), TICKETS, peers_of=peers_of)
    assert document["peers"] == {"same_history": True, "tickets": 60}
    field = document["fields"]["category"]
    assert set(field["peers"]) == {
        "majority",
        "words alone",
        "meaning alone",
        "concatenated",
        "mean of two",
    }
    words = field["peers"]["words alone"]
    ahead = field["metrics"]["accuracy"] - words["accuracy"]
    assert words["accuracy_difference"] == pytest.approx(ahead, abs=2e-6)
    assert words["accuracy_difference_low"] <= ahead <= words["accuracy_difference_high"]
    page = render_evaluation(document)
    assert "words alone" in page
    assert "not the one that the model learnt from" not in page


def test_another_history_than_the_one_learnt_from_is_said_to_be():
    document = evaluate_bundle(bundle(), TICKETS, peers_of=PeersOf(HISTORY[::2], WordEncoder()))
    assert document["peers"] == {"same_history": False, "tickets": 30}
    assert "not the one that the model learnt from" in render_evaluation(document)


def test_the_page_says_what_was_learnt_from_and_what_cannot_be_done():
    page = render_evaluation(evaluate_bundle(bundle(encoder="fedcba", packages={"numpy": "2.4.6"}), TICKETS))
    for said in ("0" * 64, "fedcba", "numpy 2.4.6", "What it cannot do", "no attachments"):
        assert said in page, said


class OwnPromises(FakeModel):
    """Catches hardware from .04 with a form, from .5 without one, and applies nothing of a team with one."""

    @property
    def promises(self):
        category = replace(super().promises["category"], **catching(0.04))
        team = replace(super().promises["team"], thresholds={"desk": None, "field": None})
        return {"category": category, "team": team}

    @property
    def own_promises(self):
        return super().promises | {"category": replace(super().promises["category"], **catching(0.5))}


def catching(at: float):
    return {"label_recalls": {"hardware": 0.9}, "flags": {"hardware": at}}


def judged_by_own_promises(subjects):
    told = {"category": "hardware", "team": "desk"}
    tickets = [past(number, subject, **told) for number, subject in enumerate(subjects)]
    return evaluate_bundle(replace(bundle(), model=OwnPromises()), tickets)


def recall_of(document):
    (found,) = [
        one for one in document["fields"]["category"]["metrics"]["promises"] if one["kind"] == "recall"
    ]
    return found["kept"], found["tickets"], found["flagged"]


def test_tickets_without_a_form_are_judged_by_the_promise_that_decided_them():
    filed, bare = ["vpn is slow"] * 4, ["bare vpn is slow"] * 6
    assert recall_of(judged_by_own_promises(filed)) == (4, 4, 4)
    document = judged_by_own_promises(bare)
    assert document["lacks_form"] == 6 and recall_of(document) == (0, 6, 0)
    assert document["fields"]["category"]["promise"]["labels"]["hardware"]["threshold"] == 0.5
    mixed = judged_by_own_promises(filed + bare)
    assert mixed["lacks_form"] == 6 and recall_of(mixed) == (4, 10, 4)
    assert "6 of the tickets came without the form" in render_evaluation(document)
    assert "came without the form" not in render_evaluation(judged_by_own_promises(filed))


def test_a_label_counts_as_applied_by_either_promise():
    for subjects, expected in ((["vpn"], 0), (["bare vpn"], 2), (["vpn", "bare vpn"], 2)):
        metrics = judged_by_own_promises(subjects)["fields"]["team"]["metrics"]
        assert metrics["labels_applied"] == expected
