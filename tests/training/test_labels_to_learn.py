from training.config import TrainingConfig
from training.labels_to_learn import labels_to_learn, with_todays_names
from triage.ticket import PastTicket, Ticket


def past(number: int, **labels: str) -> PastTicket:
    return PastTicket(Ticket(f"T-{number}"), labels)


HISTORY = [past(0, impact="1 - High", team="desk"), past(1, impact="High"), past(2)]


def test_labels_of_the_past_get_todays_names_and_none_is_left_out():
    found = with_todays_names(HISTORY, {"impact": {"1 - High": "High"}})
    assert [one.labels for one in found] == [{"impact": "High", "team": "desk"}, {"impact": "High"}, {}]
    assert with_todays_names(HISTORY, {}) is HISTORY


def test_a_blank_description_describes_nothing():
    told = {"category": {"vpn": "Remote access", "mail": "Letters"}}
    blank = {"category": {"vpn": "Remote access", "mail": " "}}
    found = [labels_to_learn(HISTORY, TrainingConfig(descriptions=one), (), False) for one in (told, blank)]
    assert [set(one) for one in found] == [{"category"}, set()]
