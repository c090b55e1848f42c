from triage.helping.reply import Reply
from triage.helping.solution import Source, solution_of
from triage.ticket import PastTicket, Ticket

CLOSED = PastTicket(Ticket("T-1", "VPN"), resolution="Renewed.")
PLAIN = PastTicket(Ticket("T-1", "VPN"))


def reply(name: str, **more) -> Reply:
    return Reply("T-1", name, f"Text of {name}.", **more)


def test_the_marked_reply_comes_before_the_helpful_one_and_the_resolution():
    replies = [reply("a", helpful=9), reply("b", is_solution=True), reply("c")]
    found = solution_of(CLOSED, replies)
    assert (found.reply_id, found.source) == ("b", Source.MARKED)
    assert solution_of(CLOSED, [*replies, reply("d", is_solution=True)]).reply_id == "d"


def test_a_helpful_reply_is_one_that_more_people_praised_than_not_and_is_not_the_requesters():
    found = solution_of(CLOSED, [reply("a", helpful=2), reply("b", helpful=5, unhelpful=1)])
    assert (found.reply_id, found.source) == ("b", Source.HELPFUL)
    assert solution_of(CLOSED, [reply("a", helpful=2, unhelpful=2)]).source is Source.RESOLUTION
    assert solution_of(CLOSED, [reply("a", helpful=2, by_requester=True)]).source is Source.RESOLUTION


def test_what_a_requester_marked_of_their_own_is_a_solution():
    assert solution_of(PLAIN, [reply("a", is_solution=True, by_requester=True)]).reply_id == "a"


def test_without_any_text_nothing_is_made_up():
    empty = Reply("T-1", "a", "  ", is_solution=True)
    assert solution_of(PLAIN, [empty, reply("b")]) is None
    assert solution_of(PastTicket(Ticket("T-1"), resolution=" \n"), []) is None
