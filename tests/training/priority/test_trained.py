from dataclasses import replace

import pytest

from tests.trained import KEY
from tests.training.priority.made import matrix_history
from training.config import TrainingConfig
from training.judge import judge_tickets
from training.train import train_bundle
from triage.bundle import Bundle
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.priority import PriorityMatrix
from triage.ticket import Ticket

pytestmark = pytest.mark.encoder
STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)
BREADTH = {"low": "only me", "medium": "our team", "high": "the whole company"}
HURRY = {"low": "some day", "medium": "this week", "high": "right now"}


def spoken(past):
    """The ticket with a text that tells impact and urgency."""
    body = f"It concerns {BREADTH[past.labels['impact']]}, we need it {HURRY[past.labels['urgency']]}."
    return replace(past, ticket=replace(past.ticket, subject="Request", body=body))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("priority")
    history = [spoken(past) for past in matrix_history(MATRIX, count=360)]
    config = TrainingConfig(targets=("impact", "urgency", "priority"), target_precision=0.6)
    train_bundle(history, config=config, out=folder / "v1", key=KEY, cache=folder / "cache")
    return Bundle.load(folder / "v1", KEY)


def test_a_bundle_brings_the_matrix_of_its_history_and_says_what_was_chosen(bundle):
    assert PriorityMatrix.from_document(bundle.manifest.training["priority"]["matrix"]) == MATRIX
    assert bundle.manifest.fields["priority"]["priority_from"] in ("matrix", "both", "learnt")


def test_its_decisions_say_which_cell_led_to_the_priority(bundle):
    asked = Ticket("T", "Request", "It concerns the whole company, we need it right now.")
    given = replace(asked, values={"impact": "low", "urgency": "low"})
    seen, set_by_people = triage_tickets([asked, given], bundle.model, "v1", Policy())
    assert seen.fields["priority"].value == "urgent"
    assert set_by_people.fields["priority"].value == "low"
    assert set_by_people.fields["priority"].basis == "impact low × urgency low → low, by the matrix"
    assert set_by_people.fields["priority"].action == "apply"


def test_an_evaluation_judges_the_priority_that_was_decided(bundle):
    past = [spoken(one) for one in matrix_history(MATRIX, count=60, seed=5)]
    given = [replace(one.ticket, values={"impact": one.labels["impact"]}) for one in past[:20]]
    off = [replace(one.ticket, values={"impact": "none of ours"}) for one in past[20:30]]
    past = [
        replace(one, ticket=ticket)
        for one, ticket in zip(past, [*given, *off, *(one.ticket for one in past[30:])], strict=True)
    ]
    judged = judge_tickets(bundle, past).fields["priority"]
    decided = triage_tickets([one.ticket for one in past], bundle.model, "v1", Policy())
    assert [judged.labels[place] for place in judged.predicted] == [
        one.fields["priority"].value for one in decided
    ]
    assert judged.actions == [one.fields["priority"].action.value for one in decided]
