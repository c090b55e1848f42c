import pytest

from training.unproved import unproved_promises
from training.verdicts import field_verdicts


def facts(*, held_out: int | None = 12, labels: int = 2, **own: object):
    rows = [{"label": "network", "tickets": 400}]
    rows += [] if held_out is None else [{"label": "security", "tickets": held_out}]
    promise = {"kind": "recall", "target": 0.9, "threshold": None} | own
    return {
        "metrics": {"tickets": 500, "labels": rows},
        "labels": labels,
        "promise": {"kind": "precision", "target": 0.95, "labels": {"security": promise}},
    }


def test_a_recall_that_too_few_tickets_prove_says_how_many_it_takes():
    (said,) = unproved_promises(facts())
    assert said.startswith("The promise that 90 % of security is caught is not proved: it takes 29 of its")
    assert "there were 12: about 2.4 times as many are needed. Nothing is flagged" in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"held_out": 0}, "and there was none."),
        ({"held_out": None, "labels": 1}, "and there was none."),
        ({"held_out": None, "labels": 900}, "among those held out. Nothing"),
        ({"held_out": 60}, "too many of the 60 are flagged with a label named before it."),
    ],
)
def test_what_lacks_is_told_as_far_as_it_is_known(given, words):
    (said,) = unproved_promises(facts(**given))
    assert words in said


def test_a_precision_of_a_label_is_told_too_unless_the_field_abstains():
    (said,) = unproved_promises(facts(kind="precision"))
    assert "is applied with security is right is not proved: it takes 29 held-out tickets" in said
    assert unproved_promises(facts(kind="precision") | {"learnable": False}) == []


def test_what_was_proved_and_bundles_of_before_say_nothing():
    assert unproved_promises(facts(threshold=0.02)) == []
    assert unproved_promises({"metrics": {"tickets": 5, "labels": []}, "labels": 2}) == []


def test_an_evaluation_speaks_of_the_tickets_held_out_at_training_and_its_verdicts_warn():
    judged = {"tickets": 40, "accuracy": 0.9, "majority": 0.3, "coverage": 0.5, "precision": 1.0}
    judged |= {"ece": 0.01, "ece_null_95": 0.04, "labels_applied": 2, "labels": []}
    document = facts() | {"trained": facts()["metrics"], "metrics": judged, "target_precision": 0.9}
    assert "there were 12" in unproved_promises(document)[0]
    assert [one.text for one in field_verdicts(document) if not one.good] == unproved_promises(document)
