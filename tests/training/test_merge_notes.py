import pytest

from training.merge_notes import merge_notes
from triage.ticket import PastTicket, Ticket

LABELS = ("wifi", "network", "phone")
HISTORY = [PastTicket(Ticket(f"T-{at}"), {"category": label}) for at, label in enumerate(LABELS)]


@pytest.mark.parametrize(
    ("merged", "told"),
    [
        ({"wi-fi": "network"}, ["'wi-fi', which no ticket has", "Did you mean 'wifi'?"]),
        ({"teleprinter": "phone"}, ["'teleprinter', which no ticket has", "Is it spelt as"]),
        ({"wifi": "netwrok"}, ["'wifi' to 'netwrok', which no ticket has by itself", "mean 'network'?"]),
    ],
)
def test_a_merged_label_that_no_ticket_has_is_named_with_the_nearest_that_some_have(merged, told):
    (note,) = merge_notes(HISTORY, {"category": merged})
    assert note.startswith("merged.category ") and all(one in note for one in told)


def test_a_field_without_labels_is_told_too():
    (note,) = merge_notes(HISTORY, {"team": {"desk": "service desk"}})
    assert "merged.team names 'desk'" in note


@pytest.mark.parametrize("merged", [{}, {"wifi": "network"}, {"wifi": "lan", "lan": "network"}])
def test_what_tickets_have_and_chains_of_it_are_no_mistake(merged):
    assert merge_notes(HISTORY, {"category": merged}) == []
