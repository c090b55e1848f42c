from tests.training.check.made import past
from training.check.texts import find_conflicts, find_empty_texts, find_near_duplicates, find_repeated_texts

TICKETS = [
    past(1, category="network"),
    *[past(number, "Disk is FULL", category="hardware") for number in range(2, 7)],
    past(7, "disk is full", category="network"),
    past(8, "my password", category="account"),
]
TEXTS = [one.ticket.subject for one in TICKETS]


def test_tickets_without_text_are_named():
    (found,) = find_empty_texts(TICKETS, TEXTS)
    assert (found.tickets, found.rows) == (1, ("T-1",))


def test_a_text_that_comes_again_and_again_is_found_whatever_its_capitals():
    (found,) = find_repeated_texts(TICKETS, TEXTS)
    assert found.tickets == 6
    assert found.rows == ("T-2", "T-3", "T-4", "T-5", "T-6", "T-7")


def test_the_odd_label_out_among_tickets_of_one_text_is_a_conflict():
    (found,) = find_conflicts("category", TICKETS, TEXTS)
    assert (found.tickets, found.rows) == (1, ("T-7",))
    assert found.weight == "look"


def test_different_and_empty_texts_are_no_conflict():
    tickets = [past(1, "", category="a"), past(2, "", category="b"), past(3, "x y", category="c")]
    texts = [one.ticket.subject for one in tickets]
    assert find_conflicts("category", tickets, texts) == []
    assert find_repeated_texts(tickets, texts) == []


def test_a_template_with_other_numbers_is_found_and_copies_alone_are_not_told_twice():
    tickets = [past(number) for number in range(8)]
    mail = "the disk of server {} is almost full, please clean it up before tomorrow morning"
    (found,) = find_near_duplicates(tickets, [mail.format(number) for number in range(8)])
    assert found.tickets == len(found.rows) == 8
    assert find_near_duplicates(tickets, [mail.format(1)] * 8) == []
