from dataclasses import replace

import numpy as np

from tests.triage.sla.made import BOOK, HOUR, MONDAY
from triage.decision import Action, Decision, FieldDecision
from triage.prediction import Assessment, Prediction
from triage.sla.foresight import Foresight
from triage.sla.outlook import FROM_TIMES, LEARNT, look_ahead
from triage.ticket import Ticket

TICKET = Ticket("T-1", "VPN down", created_at=MONDAY)
TIMES = Foresight({0.1: 1.0, 0.5: 8.0, 0.9: 80.0}, reassignment=0.2)


def decided(priority, action=Action.APPLY, foresight=None):
    prediction = Prediction("priority", ("high", "low"), np.array([0.5, 0.5]))
    field = FieldDecision("priority", priority, 0.9, 0.8, action, None)
    assessment = Assessment({"priority": prediction}, 1.0, foresight=foresight)
    return Decision("d", "T-1", "v", MONDAY, {"priority": field}, assessment)


def test_the_policy_goes_by_what_was_decided():
    outlook = look_ahead(TICKET, decided("high"), BOOK)
    assert (outlook.policy, outlook.response_due) == ("urgent", None)
    assert outlook.resolution_due == MONDAY + 8 * HOUR
    assert look_ahead(TICKET, decided("high", Action.ABSTAIN), BOOK) is None


def test_a_persons_value_outranks_the_decision():
    ticket = replace(TICKET, values={"priority": "urgent"})
    assert look_ahead(ticket, decided("low"), BOOK).policy == "urgent"


def test_the_probability_follows_from_the_times_where_no_promise_was_learnt():
    outlook = look_ahead(TICKET, decided("high", foresight=TIMES), BOOK)
    assert (round(outlook.breach_probability, 6), outlook.breach_basis) == (0.5, FROM_TIMES)


def test_a_learnt_probability_comes_first():
    learnt = replace(TIMES, breach=0.07)
    outlook = look_ahead(TICKET, decided("high", foresight=learnt), BOOK)
    assert (outlook.breach_probability, outlook.breach_basis) == (0.07, LEARNT)


def test_times_are_told_without_a_policy():
    outlook = look_ahead(TICKET, decided("low", foresight=TIMES), BOOK)
    assert outlook.policy is None
    assert outlook.foresight == TIMES
    assert outlook.breach_probability is None
