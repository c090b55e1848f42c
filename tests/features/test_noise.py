"""Tickets that say nothing, and changes that say nothing, through a trained model and the engine."""

import numpy as np
import pytest

from triage.engine import triage_tickets
from triage.policy import Policy
from triage.ticket import Ticket

EMPTY = {
    "nothing": ("", ""),
    "space": (" \n", "\t\u00a0"),
    "marks": ("?", "!!! ... ---"),
    "one letter": ("x", ""),
    "empty markup": ("", "<div><br></div>"),
}
NOISE = {
    "keyboard mash": ("asdf", "asdfjkl; qwoeiru zmxncb alskdj fhgquwe"),
    "base64": ("", "VGhpcyBpcyBub3QgYSB0aWNrZXQgYXQgYWxsLCBqdXN0IGEgYmxvYi4g" * 12),
    "advertising": (
        "Grow your followers now",
        "Dear sir, we offer the cheapest backlinks and organic followers, casino bonus, act today!!!",
    ),
    "a recipe": ("Lunch", "Whisk three eggs with sugar, fold in the flour and bake until golden brown."),
}
BOUNCES = {
    "out of office": "Automatic reply: your request",
    "bounce": "Undeliverable: Re: [ticket 4711] printer",
    "mail loop": "Delivery Status Notification (Failure)",
    "out of office, German": "Abwesenheitsnotiz: Urlaub bis 12.08.",
}
KNOWN = Ticket("T-1", "VPN drops", "My VPN connection drops every few minutes since this morning.")
SIGNATURE = "\n-- \nDana Example\nFacility Management\n3rd floor, Main Street 1"


def decided(trained, ticket: Ticket):
    (one,) = triage_tickets([ticket], trained.bundle.model, "v1", Policy())
    return one


@pytest.mark.parametrize(("subject", "body"), EMPTY.values(), ids=EMPTY)
def test_a_ticket_without_a_word_is_too_short(trained, subject, body):
    fields = decided(trained, Ticket("T-1", subject, body)).fields
    if "<" in body:
        # Only cleaning sees that nothing is left; the heart sees words and hears from the model.
        assert {one.reason for one in fields.values()} == {"unfamiliar"}
    else:
        assert {one.reason for one in fields.values()} == {"too_short"}
    assert {one.action.value for one in fields.values()} == {"abstain"}


@pytest.mark.parametrize(("subject", "body"), NOISE.values(), ids=NOISE)
def test_noise_is_stranger_than_most_later_tickets(trained, subject, body):
    one = decided(trained, Ticket("T-1", subject, body))
    later = trained.bundle.model.assess([past.ticket for past in trained.later])
    assert one.assessment.familiarity <= np.quantile([found.familiarity for found in later], 0.2)


@pytest.mark.parametrize("subject", BOUNCES.values(), ids=BOUNCES)
def test_a_machines_reply_is_left_alone(trained, subject):
    fields = decided(trained, Ticket("T-1", subject, "I am out until Monday. " + KNOWN.body)).fields
    assert {one.reason for one in fields.values()} == {"guardrail:automatic_reply"}


@pytest.mark.parametrize(
    "changed",
    [
        Ticket("T-1", KNOWN.subject.upper(), KNOWN.body.upper()),
        Ticket("T-1", KNOWN.subject.lower(), KNOWN.body.lower()),
        Ticket("T-1", f"  {KNOWN.subject} \n", KNOWN.body.replace(" ", "  \u00a0")),
        Ticket("T-1", KNOWN.subject, KNOWN.body + SIGNATURE),
        Ticket("T-1", KNOWN.subject, f"<p>{KNOWN.body}</p>"),
        Ticket("T-1", KNOWN.subject, f"{KNOWN.body}\n\nOn Monday somebody wrote:\n> the printer is on fire"),
    ],
    ids=["capitals", "small letters", "spaces", "signature", "markup", "quoted mail"],
)
def test_what_says_nothing_changes_no_action(trained, changed):
    before, after = decided(trained, KNOWN), decided(trained, changed)
    assert after.assessment.familiarity == pytest.approx(before.assessment.familiarity)
    for name, field in before.fields.items():
        assert (after.fields[name].action, after.fields[name].value) == (field.action, field.value)
        assert after.fields[name].confidence == pytest.approx(field.confidence, abs=1e-6)
