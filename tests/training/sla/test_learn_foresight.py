import joblib
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from features.structured import StructuredView
from tests.training.sla.made import BROKEN, HOURS, MOVED, START, make_history, views_of
from training.sla.learn_foresight import learn_foresight
from triage.ticket import Ticket

KINDS = list(HOURS)


@pytest.fixture(scope="module")
def history():
    return make_history(until=75.0)


@pytest.fixture(scope="module")
def learnt(history):
    return learn_foresight(history, views_of(history), ordered=True)


@pytest.fixture(scope="module")
def told(history, learnt):
    tickets = [Ticket("new", created_at=START, custom={"kind": kind, "noise": "1"}) for kind in KINDS]
    fields = StructuredView().fit([past.ticket for past in history])
    return learnt.model.foresee(tickets, {"meaning": np.zeros((3, 1)), "fields": fields.transform(tickets)})


def test_times_are_those_of_such_tickets(told):
    for kind, one in zip(KINDS, told, strict=True):
        hours = list(one.resolution_hours.values())
        assert hours == sorted(hours)
        assert one.resolution_hours[0.5] == pytest.approx(HOURS[kind], rel=0.5)


def test_tickets_still_open_do_not_make_the_slow_look_fast(told):
    # A fifth of the history is younger than what its slow tickets take.
    assert told[2].resolution_hours[0.9] > 300.0


def test_probabilities_are_those_of_such_tickets(told):
    for kind, one in zip(KINDS, told, strict=True):
        assert one.breach == pytest.approx(BROKEN[kind], abs=0.15)
        assert one.reassignment == pytest.approx(MOVED[kind], abs=0.15)


def test_held_out_tickets_say_how_good_it_is(learnt):
    time, breach = learnt.facts["time"], learnt.facts["breach"]
    assert time["pinball_hours"] < 0.8 * time["pinball_hours_same_for_all"]
    assert breach["auc"] > 0.75
    assert breach["log_loss"] < breach["log_loss_same_for_all"]


def test_learning_twice_gives_the_same(history, learnt, told):
    again = learn_foresight(history, views_of(history), ordered=True)
    assert joblib.hash(again.model) == joblib.hash(learnt.model)


def test_one_thread_grows_the_trees_of_a_small_history(history, monkeypatch):
    class Seen(Exception):
        pass

    def look(*_, **__):
        raise Seen([one["num_threads"] for one in threadpool_info() if one["user_api"] == "openmp"])

    monkeypatch.setattr("training.sla.learn_foresight.learn_time", look)
    with threadpool_limits(limits=2, user_api="openmp"):
        with pytest.raises(Seen) as seen:
            learn_foresight(history, views_of(history), ordered=True)
        assert seen.value.args[0] and set(seen.value.args[0]) == {1}
        monkeypatch.setattr("training.sla.learn_foresight.ALONE", 10)
        with pytest.raises(Seen) as seen:
            learn_foresight(history, views_of(history), ordered=True)
        assert set(seen.value.args[0]) == {2}


def test_a_history_without_times_says_why(history):
    bare = [type(past)(past.ticket) for past in history]
    learnt = learn_foresight(bare, views_of(bare), ordered=True)
    assert learnt.model is None
    assert learnt.facts["time"]["reason"].startswith("0 tickets with a filing and a resolution time")


def test_outcomes_that_hardly_happen_are_not_learnt():
    history = [type(past)(past.ticket, resolved_at=past.resolved_at) for past in make_history(300)]
    learnt = learn_foresight(history, views_of(history), ordered=False)
    assert learnt.model.time is not None
    assert learnt.model.breach is None
    assert "30 of each are needed" in learnt.facts["breach"]["reason"]
