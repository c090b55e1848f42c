from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.triage.sla.made import BOOK, HOUR, MONDAY, past
from triage.sla.clock import Pause
from triage.sla.events import events_of
from triage.sla.policy import StepKind, Target


def told(ticket, hours, pauses=(), **more):
    found = events_of("acme", ticket, BOOK, pauses, now=MONDAY + hours * HOUR, **more)
    return [(one.target.value, one.kind.value, one.recipient) for one in found]


REMINDED = ("response", "reminder", "ada")


def test_events_fall_due_one_after_another():
    assert told(past(), 0.4) == []
    assert told(past(), 0.5) == [REMINDED]
    assert told(past(), 1) == [REMINDED, ("response", "breach", "network")]
    assert told(past(), 6)[-2:] == [
        ("resolution", "breach", "network"),
        ("resolution", "escalation", "duty manager"),
    ]


def test_an_answer_in_time_ends_the_first_target():
    answered = past(first_response_at=MONDAY + 0.2 * HOUR)
    assert told(answered, 2) == [("resolution", "reminder", "ada")]


def test_an_answer_too_late_was_a_breach():
    answered = past(first_response_at=MONDAY + 1.5 * HOUR)
    assert told(answered, 1.9) == [("response", "breach", "network")]


def test_a_solved_ticket_is_told_of_no_more():
    assert told(past(resolved_at=MONDAY + 0.3 * HOUR), 24) == []
    assert told(past(status="closed"), 24) == []


def test_waiting_for_the_requester_holds_up_the_solution_only():
    pauses = [Pause(MONDAY + 0.1 * HOUR)]
    assert told(past(), 7, pauses) == [REMINDED, ("response", "breach", "network")]


def test_an_unassigned_ticket_is_the_teams():
    assert told(past(labels={"team": "network"}), 0.5) == [("response", "reminder", "network")]


def test_what_fell_due_before_there_were_promises_is_left_out():
    assert told(past(), 1, since=MONDAY + 0.9 * HOUR) == [("response", "breach", "network")]


@given(st.lists(st.integers(0, 200), min_size=2, max_size=6))
def test_looking_more_often_finds_the_same_events(quarters):
    """Ids depend on what an event is about, not on when somebody looked."""
    moments = [MONDAY + timedelta(minutes=15 * one) for one in sorted(quarters)]
    seen = {one.event_id: one for now in moments for one in events_of("acme", past(), BOOK, now=now)}
    last = {one.event_id: one for one in events_of("acme", past(), BOOK, now=moments[-1])}
    assert seen == last


def test_ids_differ_by_workspace_target_and_kind():
    many = [one for name in ("a", "b") for one in events_of(name, past(), BOOK, now=MONDAY + 20 * HOUR)]
    assert len({one.event_id for one in many}) == len(many) == 10
    assert {one.target for one in many} == set(Target)
    assert {one.kind for one in many} == set(StepKind)
