import pickle
from dataclasses import replace

from features.ticket_redaction import TicketRedaction
from triage.ticket import PastTicket, Ticket

REDACTION = TicketRedaction(["Eve Park"])
RAW = Ticket(
    "T-1",
    "Card 4111 1111 1111 1111",
    "Eve Park knows me: Ada, ada@example.org, +41 31 555 01 02, DE89 3704 0044 0532 0130 00",
    requester="Ada Byron",
    custom={"phone": "+41 31 555 01 02", "asset": "PC-17"},
)


def test_texts_and_custom_fields_are_redacted_and_identities_stay():
    ticket = REDACTION.ticket(RAW)
    assert ticket.subject == "Card [card]"
    assert ticket.body == "[name] knows me: [name], [email], [phone], [iban]"
    assert ticket.custom == {"phone": "[phone]", "asset": "PC-17"}
    assert (ticket.ticket_id, ticket.requester) == ("T-1", "Ada Byron")


def test_tags_product_and_channel_are_redacted_as_texts_are():
    given = replace(
        RAW,
        tags=("vpn", "ada@example.org", "eve@example.org", "eve-park", "+41 31 555 01 02"),
        product="Laptop of Eve Park",
        channel="mail to ada@example.org",
        organization="Byron Ltd",
    )
    ticket = REDACTION.ticket(given)
    assert ticket.tags == ("vpn", "[email]", "[name]", "[phone]")
    assert (ticket.product, ticket.channel) == ("Laptop of [name]", "mail to [email]")
    assert (ticket.organization, set(ticket.custom)) == ("Byron Ltd", {"phone", "asset"})
    assert REDACTION.ticket(ticket) is ticket


def test_a_model_from_before_goes_on_to_see_what_it_learnt_from():
    before = pickle.loads(pickle.dumps(REDACTION))
    del before.reaches_circumstances  # As its bytes have it.
    ticket = before.ticket(replace(RAW, tags=("eve-park",), product="Eve Park"))
    assert (ticket.tags, ticket.product, ticket.subject) == (("eve-park",), "Eve Park", "Card [card]")


def test_of_a_past_ticket_the_resolution_too_and_labels_stay():
    past = REDACTION.past(PastTicket(RAW, {"assignee": "Eve Park"}, resolution="Eve Park called Ada."))
    assert past.resolution == "[name] called [name]." and past.labels == {"assignee": "Eve Park"}
    assert past.ticket == REDACTION.ticket(RAW)


def test_twice_is_once_and_what_needs_nothing_is_left_as_it_is():
    once = REDACTION.ticket(RAW)
    assert REDACTION.ticket(once) is once
    plain = PastTicket(Ticket("T-2", "vpn"))
    assert REDACTION.past(plain) is plain
