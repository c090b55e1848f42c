from training.sla.told import told_of_times

FACTS = {
    "time": {
        "coverage": {"0.9": 0.87},
        "judged": 200,
        "pinball_hours": 12.34,
        "pinball_hours_same_for_all": 20.0,
    },
    "breach": {
        "auc": 0.812,
        "calibration_error": 0.031,
        "calibration_null_95": 0.04,
        "judged": 100,
    },
    "reassignment": {"reason": "0 and 90 tickets of either outcome; 30 of each are needed."},
}


def test_people_are_told_how_good_it_is_and_what_was_not_learnt():
    told = told_of_times(FACTS).splitlines()
    assert "87% of 200 judged tickets did; mean loss 12.3 hours, 20.0 if all were told alike" in told[0]
    assert "broken promises: AUC 0.81" in told[1]
    assert told[2] == (
        "Probability of tickets handed on: not learnt, 0 and 90 tickets of either outcome; "
        "30 of each are needed."
    )


def test_a_reason_that_parts_share_is_told_once():
    none = {name: {"reason": "0 tickets with both times."} for name in ("time", "breach", "reassignment")}
    assert told_of_times(none) == (
        "Time to the solution, probability of broken promises, probability of tickets handed on: not learnt, "
        "0 tickets with both times."
    )
