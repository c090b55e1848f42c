from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tests.features.fake_encoder import WordEncoder
from tests.training.replay.fixed_model import FixedModel
from training.replay.affinity import with_affinity
from triage.agent import Agent
from triage.policy import Promise
from triage.prediction import Prediction
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
TEAM = Promise(0.9, {"desk": 0.5}, 0.1)
WHO = {"printer jam": "ada", "vpn tunnel": "bob", "mail quota": "eve"}


class WordModel(FixedModel):
    """Says the same of every ticket, and reads words."""

    @property
    def encoder(self) -> WordEncoder:
        return WordEncoder()


def past(number: int, agent: str | None = None) -> PastTicket:
    subject, usual = list(WHO.items())[number % 3]
    ticket = Ticket(f"T-{number}", subject, created_at=START + timedelta(hours=number))
    return PastTicket(ticket, {"assignee": agent or usual})


def at(number: int) -> float:
    return (START + timedelta(hours=number)).timestamp()


def asked(number: int, subject: str) -> Ticket:
    return Ticket("Q", subject, created_at=START + timedelta(hours=number))


def grown(tickets: int = 240, agents: tuple[Agent, ...] = ()):
    return with_affinity(WordModel(), [past(number) for number in range(tickets)], agents, at(tickets), 0.8)


def said(model, number: int, subject: str) -> Prediction:
    return model.assess([asked(number, subject)])[0].predictions["assignee"]


def test_who_handles_such_tickets_is_named_and_trusted_by_what_was_held_out():
    model = grown()
    for subject, agent in WHO.items():
        prediction = said(model, 241, subject)
        assert prediction.top(1)[0][0] == agent
        assert prediction.probabilities.sum() == pytest.approx(1)
    promise = model.promises["assignee"]
    assert promise.target_precision == 0.8
    assert set(promise.thresholds) == set(WHO.values()) and promise.thresholds["ada"] is not None


def test_who_takes_over_is_proposed_from_the_first_ticket_on_with_no_training():
    model = grown()
    assert "zoe" not in said(model, 241, "printer jam").labels
    for number in range(240, 300, 3):
        model.learn(past(number, "zoe"), at(number + 1))
        assert "zoe" in [agent for agent, _ in said(model, number + 2, "printer jam").top(2)]
    assert "zoe" in model.promises["assignee"].thresholds


def test_a_newcomer_is_reached_by_skills():
    model = grown(agents=(Agent("max", skills=("badge", "reader")), Agent("ada", skills=("badge",))))
    prediction = said(model, 241, "badge reader")
    assert "max" in prediction.labels
    without = said(grown(), 241, "badge reader")
    assert "max" not in without.labels


def test_with_hardly_any_assignments_the_model_goes_on_by_itself():
    model = grown(tickets=20)
    assert np.array_equal(said(model, 21, "printer jam").probabilities, [0.5, 0.3, 0.2])


def test_the_model_learns_too_and_what_has_no_assignee_teaches_affinity_nothing():
    model = grown()
    before = said(model, 260, "printer jam").probabilities
    nobody = PastTicket(Ticket("N", "printer jam", created_at=START + timedelta(hours=241)))
    model.learn(nobody, at(242))
    assert np.array_equal(said(model, 260, "printer jam").probabilities, before)
    assert model._model.learnt == ["N"]


def test_a_ticket_with_promises_of_its_own_is_held_to_the_indexs_of_people():
    class Bare(WordModel):
        def assess(self, tickets, **options):
            return [replace(one, promises={"team": TEAM}) for one in super().assess(tickets, **options)]

    model = with_affinity(Bare(), [past(number) for number in range(240)], (), at(240), 0.8)
    (assessment,) = model.assess([asked(241, "printer jam")])
    assert set(assessment.promises) == {"team", "assignee"}
    assert assessment.promises["team"] is TEAM
    assert assessment.promises["assignee"] == model.promises["assignee"]
