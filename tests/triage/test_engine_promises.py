import numpy as np

from triage.decision import Action
from triage.engine import decide
from triage.policy import Policy, Promise
from triage.prediction import Assessment, Prediction
from triage.ticket import Ticket

LABELS = ("account", "hardware", "network")
TICKET = Ticket("T-1", "VPN drops", "since this morning")


def test_promises_that_an_assessment_brings_along_come_before_the_models():
    prediction = Prediction("category", LABELS, np.array([0.1, 0.1, 0.8]))
    usual = {"category": Promise(0.9, dict.fromkeys(LABELS, 0.7), 0.1)}
    own = {"category": Promise(0.9, dict.fromkeys(LABELS, 0.85), 0.1)}
    for promises, expected in ((None, (Action.APPLY, 0.7)), (own, (Action.SUGGEST, 0.85))):
        assessment = Assessment({"category": prediction}, 0.5, promises=promises)
        one = decide(TICKET, assessment, usual, Policy())["category"]
        assert (one.action, one.threshold) == expected
        assert assessment.lacks_form is (promises is not None)
