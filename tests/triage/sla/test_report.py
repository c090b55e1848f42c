from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.sla.clock import Pause
from triage.sla.policy import Target
from triage.sla.report import Kept, due_tickets, promises_kept

TICKETS = [
    past("late", first_response_at=MONDAY + 2 * HOUR),
    past("good", first_response_at=MONDAY + 0.5 * HOUR, resolved_at=MONDAY + 3 * HOUR),
    past("new", created_at=MONDAY + 4 * HOUR),
    past("gone", status="closed"),
    past("nobody's", organization=None),
]
NOW = MONDAY + 4.5 * HOUR


def test_what_is_due_first_comes_first():
    found = due_tickets(TICKETS, BOOK, {}, now=NOW)
    assert [(one.ticket_id, one.target.value) for one in found] == [
        ("late", "resolution"),
        ("new", "response"),
        ("new", "resolution"),
    ]
    assert [one.is_overdue(NOW) for one in found] == [True, False, False]


def test_a_paused_ticket_is_shown_as_such():
    found = due_tickets(TICKETS[:1], BOOK, {"late": [Pause(MONDAY + HOUR)]}, now=NOW)
    assert [(one.is_paused, one.due_at > NOW) for one in found] == [(True, True)]


def test_promises_are_counted_by_policy_and_target():
    assert promises_kept(TICKETS, BOOK, {}, now=NOW) == [
        Kept("gold", Target.RESPONSE, kept=1, broken=1, waiting=1),
        Kept("gold", Target.RESOLUTION, kept=1, broken=1, waiting=1),
        Kept("urgent", Target.RESOLUTION, 0, 0, 0),
    ]
