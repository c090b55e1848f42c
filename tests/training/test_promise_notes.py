import pytest

from training.promise_notes import promise_notes
from training.targets import FieldTarget, LabelTarget
from triage.policy import PromiseKind
from triage.ticket import PastTicket, Ticket

LABELS = ("wifi", "network", "phone")
HISTORY = [PastTicket(Ticket(f"T-{at}"), {"category": label}) for at, label in enumerate(LABELS)]


def notes(*labels: str, **merged: str) -> list[str]:
    wanted = FieldTarget(labels={label: LabelTarget(PromiseKind.RECALL, 0.9) for label in labels})
    return promise_notes(HISTORY, {"category": wanted}, {"category": merged})


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("wi-fi", "which no ticket has: nothing is promised. Did you mean 'wifi'?"),
        ("teleprinter", "Is it spelt as the history spells it?"),
    ],
)
def test_a_promised_label_that_no_ticket_has_is_named_with_the_nearest_that_some_have(label, told):
    (note,) = notes("network", label)
    assert note.startswith(f"promise.category.labels names '{label}'") and told in note


def test_a_label_of_the_past_is_not_promised_and_the_one_that_took_its_place_is():
    (note,) = notes("phone", phone="telephone")
    assert "merged.category leads to 'telephone'" in note
    assert notes("telephone", phone="telephone") == []
