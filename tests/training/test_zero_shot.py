from pathlib import Path

import pytest

from tests.trained import KEY
from training.config import TrainingConfig
from training.train import train_bundle
from triage.bundle import Bundle
from triage.decision import Action
from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import PastTicket, Ticket

TEXTS = (
    "The printer on the second floor jams and prints only half of each page.",
    "I forgot my password and the account is locked after three tries.",
    "My laptop cannot find the wireless network in the meeting room.",
    "Please order two new monitors and a keyboard for our new colleague.",
)
DESCRIPTIONS = {
    "category": {
        "printing": "Printers, toner, paper jams and print quality",
        "access": "Passwords, locked accounts and permissions",
        "network": "Wireless, VPN and internet connections",
        "purchase": "Ordering hardware such as monitors and keyboards",
    }
}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    folder: Path = tmp_path_factory.mktemp("zero")
    tickets = [PastTicket(Ticket(f"T-{n}", body=TEXTS[n % 4])) for n in range(20)]
    config = TrainingConfig(targets=("category",), descriptions=DESCRIPTIONS)
    train_bundle(tickets, config=config, out=folder / "bundle", key=KEY, cache=folder / "cache")
    return Bundle.load(folder / "bundle", KEY)


def test_without_a_labelled_ticket_labels_descriptions_decide_and_nothing_is_applied(bundle: Bundle):
    facts = bundle.manifest.fields["category"]
    assert (facts["level"], facts["tickets"], facts["metrics"]["tickets"]) == ("rules", 0, 0)
    asked = [Ticket("new", body=text) for text in TEXTS]
    decided = [
        one.fields["category"] for one in triage_tickets(asked, bundle.model, bundle.version, Policy())
    ]
    assert [one.value for one in decided] == ["printing", "access", "network", "purchase"]
    assert {one.action for one in decided} <= {Action.SUGGEST, Action.ABSTAIN}


def test_the_card_says_that_nothing_was_measured(bundle: Bundle):
    card = (bundle.folder / "card.html").read_text(encoding="utf-8")
    assert "nothing was measured" in card
