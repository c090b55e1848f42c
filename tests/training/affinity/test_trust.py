from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from features.affinity.evidence import ACTIVE, DOUBT
from features.affinity.signals import SIGNALS
from training.affinity.learn import PULL, learn_affinity
from training.affinity.trust import first_chance, judge, trust_facts
from training.affinity.walk import Step
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
PEOPLE = ["ada", "bob", "eve", "zoe"]


def past(number: int, agent: str, team: str | None = None) -> PastTicket:
    ticket = Ticket(f"T-{number}", "printer jam", created_at=START + timedelta(hours=2 * number))
    return PastTicket(ticket, {"assignee": agent} | ({"team": team} if team else {}))


def history(count: int, right: float, *, teams: bool = False) -> tuple[list[Step], list[PastTicket]]:
    """Tickets where one sign names one of four people, and is right in a known share of them."""
    draws = np.random.default_rng(0)
    steps, tickets = [], []
    for number in range(count):
        agent = int(draws.integers(4))
        named = agent if draws.random() < right else (agent + 2) % 4
        signals = np.zeros((4, len(SIGNALS)), np.float32)
        signals[:, ACTIVE] = np.log(number + 0.02)
        signals[named, 0] = 1.0
        steps.append(Step(number, PEOPLE, signals))
        tickets.append(past(number, PEOPLE[agent], f"team{agent % 2}" if teams else None))
    return steps, tickets


def test_where_the_likeliest_is_nearly_always_right_it_is_trusted():
    steps, tickets = history(1000, 0.99)
    trust = judge(steps, tickets, pull=PULL, precision=0.9).trust
    assert (trust.precision, trust.judged) == (0.9, 200)
    assert trust.threshold is not None and trust.right == pytest.approx(0.99, abs=0.03)


def test_where_it_is_wrong_too_often_nobody_is_trusted_but_worth_showing():
    steps, tickets = history(1000, 0.7)
    judged = judge(steps, tickets, pull=PULL, precision=0.9)
    assert judged.trust.threshold is None
    assert judged.trust.suggest_at < 0.75 and judged.team_trust is None


def test_chances_come_true_once_logits_are_divided():
    steps, tickets = history(1000, 0.9)
    # What was nearly sure before the judged end is right in seven of ten then.
    worse, changed = history(1000, 0.7)
    steps, tickets = steps[:800] + worse[800:], tickets[:800] + changed[800:]
    judged = judge(steps, tickets, pull=PULL, precision=0.9)
    assert judged.temperature > 1.2
    calm = judge(*history(1000, 0.9), pull=PULL, precision=0.9)
    assert calm.temperature == pytest.approx(1.0, abs=0.25)


def test_within_the_right_team_only_its_people_are_in_question():
    # Who is wrongly named is of the same team: the others of the ticket's people are not in question.
    steps, tickets = history(1000, 0.7, teams=True)
    judged = judge(steps, tickets, pull=PULL, precision=0.65)
    assert judged.team_trust.judged == 200
    assert judged.team_trust.right == pytest.approx(judged.trust.right)
    elsewhere = [PastTicket(one.ticket, one.labels | {"team": one.labels["assignee"]}) for one in tickets]
    alone = judge(steps, elsewhere, pull=PULL, precision=0.9).team_trust
    assert alone.right == 1.0 and alone.threshold is not None


def test_the_first_chance_is_drawn_to_an_equal_one_by_how_little_was_seen():
    signals = np.zeros((2, len(SIGNALS)))
    signals[:, ACTIVE] = np.log(DOUBT / 2 + 0.02)
    # As much was seen as is doubted; two are known, one may come.
    assert first_chance(np.array([9.0, -9.0]), signals) == pytest.approx(0.5 + 0.5 / 3)


def test_with_hardly_any_tickets_nothing_is_judged():
    steps, tickets = history(60, 0.99)
    assert judge(steps, tickets, pull=PULL, precision=0.9) == judge([], [], pull=PULL, precision=0.9)


def test_a_model_learnt_from_a_history_says_when_it_can_be_trusted():
    draws = np.random.default_rng(0)
    vectors = np.eye(8, dtype=np.float32)[draws.integers(3, size=400)]
    tickets = [past(number, PEOPLE[int(vector.argmax())]) for number, vector in enumerate(vectors)]
    model = learn_affinity(tickets, vectors, precision=0.8)
    assert model.trust.precision == 0.8 and model.trust.threshold is not None
    assert model.trust.right > 0.9 and model.team_trust is None
    facts = trust_facts(model)
    assert facts["everybody"]["threshold"] == model.trust.threshold and "team" not in facts
    bare = learn_affinity(tickets[:30], vectors[:30])
    assert bare.trust is None and trust_facts(bare) == {"learnt_from": 0}
