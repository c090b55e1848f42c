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


def test_of_a_past_ticket_the_resolution_too_and_labels_stay():
    past = REDACTION.past(PastTicket(RAW, {"assignee": "Eve Park"}, resolution="Eve Park called Ada."))
    assert past.resolution == "[name] called [name]." and past.labels == {"assignee": "Eve Park"}
    assert past.ticket == REDACTION.ticket(RAW)


def test_twice_is_once_and_what_needs_nothing_is_left_as_it_is():
    once = REDACTION.ticket(RAW)
    assert REDACTION.ticket(once) is once
    plain = PastTicket(Ticket("T-2", "vpn"))
    assert REDACTION.past(plain) is plain
