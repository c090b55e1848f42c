import pytest

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.errors import InputError
from triage.sla.clock import Pause
from triage.sla.policy import Target
from triage.sla.report import Kept, due_tickets, promises_kept, rescue_order

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
    assert [one.state.value for one in found] == ["overdue", "running", "running"]


def test_a_paused_ticket_is_shown_as_such():
    found = due_tickets(TICKETS[:1], BOOK, {"late": [Pause(MONDAY + HOUR)]}, now=NOW)
    assert [(one.state.value, one.due_at > NOW) for one in found] == [("paused", True)]


def test_promises_are_counted_by_policy_and_target():
    assert promises_kept(TICKETS, BOOK, {}, now=NOW) == [
        Kept("gold", None, None, None, Target.RESPONSE, kept=1, missed=1, running=1),
        Kept("gold", None, None, None, Target.RESOLUTION, kept=1, missed=1, running=1),
        Kept("urgent", None, None, None, Target.RESOLUTION, 0, 0, 0),
    ]


def test_what_can_still_be_saved_comes_first():
    more = [past("older", created_at=MONDAY - 72 * HOUR), past("held")]
    found = due_tickets([*TICKETS, *more], BOOK, {"held": [Pause(MONDAY)]}, now=NOW)
    assert [(one.ticket_id, one.target.value) for one in rescue_order(found)] == [
        ("new", "response"),
        ("new", "resolution"),
        ("held", "resolution"),
        ("late", "resolution"),
        ("held", "response"),
        ("older", "resolution"),
        ("older", "response"),
    ]


def test_groups_are_what_was_asked_for_and_add_up_to_the_whole():
    tickets = [
        past("a", labels={"team": "web", "priority": "low"}, resolved_at=MONDAY + HOUR),
        past("b", labels={"team": "web"}, created_at=MONDAY - 48 * HOUR, resolved_at=MONDAY + HOUR),
        past("c", labels={"team": "mail", "priority": "low"}, created_at=MONDAY - 480 * HOUR),
    ]
    by_team = promises_kept(tickets, BOOK, {}, by=["team", "month"], now=NOW)
    assert [(one.policy, one.team, one.month, one.target.value, one.kept, one.missed) for one in by_team] == [
        (None, "mail", "2026-02", "response", 0, 1),
        (None, "mail", "2026-02", "resolution", 0, 1),
        (None, "web", "2026-02", "response", 1, 0),
        (None, "web", "2026-02", "resolution", 1, 0),
        (None, "web", "2026-03", "response", 1, 0),
        (None, "web", "2026-03", "resolution", 1, 0),
    ]
    for by in ([], ["priority"], ["policy", "priority", "team", "month"]):
        counted = promises_kept(tickets, BOOK, {}, by=by, now=NOW)
        assert sum(one.kept + one.missed for one in counted) == 6
    assert promises_kept(tickets, BOOK, {}, by=[], now=NOW)[0].share_kept == pytest.approx(2 / 3)
    assert promises_kept([], BOOK, {}, now=NOW)[0].share_kept is None


def test_nothing_else_can_be_counted_by():
    with pytest.raises(InputError, match="colour"):
        promises_kept(TICKETS, BOOK, {}, by=["colour"], now=NOW)
