from datetime import timedelta

import pytest

from tests.triage.made_incident import BEGIN, BURST, burst, by_time, ordinary
from training.incidents.backtest import backtest
from training.incidents.report import replay_incidents
from training.incidents.threshold import LOWEST, learn_threshold, solve_threshold
from triage.errors import HistoryError, InputError
from triage.incident_watch import DEFAULT_THRESHOLD
from triage.ticket import Ticket

LATER = BURST + timedelta(days=20)


def steady(at):
    return 5.0


def test_a_burst_in_a_history_is_raised_early_and_whole():
    (found,) = backtest(by_time(ordinary(), burst(20)), threshold=steady)
    assert found.raised_at - BURST < timedelta(minutes=45)
    assert len(found.members) == 20 and "certificate" in found.words


def test_tickets_before_the_judged_part_raise_nothing():
    found = backtest(by_time(ordinary(70), burst(20), burst(20, LATER)), threshold=steady, since=LATER)
    assert [one.raised_at.date() for one in found] == [LATER.date()]


def test_many_tickets_of_few_people_are_no_incident():
    assert backtest(by_time(ordinary(), burst(20, requesters=3)), threshold=steady) == []


def test_the_threshold_keeps_to_the_budget():
    bursts = [burst(8 + 2 * n, BEGIN + timedelta(days=30 + 9 * n)) for n in range(8)]
    tickets = by_time(ordinary(days=110), *bursts)
    found = backtest(tickets, threshold=lambda at: LOWEST)
    assert len(found) >= 4
    learnt = solve_threshold(found, 60)
    assert learnt.alarms == 2
    assert len([one for one in found if one.surprise >= learnt.threshold]) == 2
    assert solve_threshold(found, 60, budget=0.5).threshold > learnt.threshold
    assert learn_threshold(tickets).days > 90


def test_accepted_incidents_are_no_false_alarms():
    tickets = by_time(ordinary(days=100), burst(12))
    found = backtest(tickets, threshold=lambda at: LOWEST)
    accepted = [one.ticket_id for one in burst(12)]
    assert solve_threshold(found, 20).threshold > LOWEST
    assert solve_threshold(found, 20, accepted=accepted).threshold == LOWEST


def test_a_short_history_leaves_the_default():
    learnt = learn_threshold(ordinary(days=40))
    assert (learnt.threshold, learnt.days) == (DEFAULT_THRESHOLD, 0.0)
    assert learn_threshold([]).days == 0.0


def test_a_replay_tells_what_would_have_been_raised():
    tickets = [*by_time(ordinary(days=70), burst(12, LATER)), Ticket("undated", "vpn")]
    report = replay_incidents(tickets[::-1], since="2026-02-20")
    document = report.as_dict()
    assert document["threshold"] == DEFAULT_THRESHOLD and document["learnt_from_days"] == 0.0
    assert [one["raised_by"][0] for one in document["incidents"]] == ["B"]
    assert sum(point["tickets"] for point in document["incidents"][0]["growth"]) == 12
    assert replay_incidents(tickets, threshold=400.0).incidents == ()


def test_what_cannot_be_replayed_is_said():
    with pytest.raises(HistoryError, match="created_at"):
        replay_incidents([Ticket("T", "vpn")])
    with pytest.raises(InputError, match="before the last ticket"):
        replay_incidents(ordinary(3), since="2030-01-01")
    with pytest.raises(InputError, match="expected a date"):
        replay_incidents(ordinary(3), since="soon")
    with pytest.raises(InputError, match="above 0"):
        replay_incidents(ordinary(3), budget=0)
