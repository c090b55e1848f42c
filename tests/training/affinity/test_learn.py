from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from features.affinity.defaults import plain_weights
from features.affinity.index import AffinityIndex
from features.affinity.signals import SIGNALS
from tests.features.affinity.helpers import START, ticket_of, vector_of
from training.affinity.choices import Choices, fit_choice_weights
from training.affinity.learn import find_axes, learn_affinity, requesters_serve
from training.affinity.walk import walk
from triage.ticket import PastTicket


def history(count=120):
    draws = np.random.default_rng(1)
    past, vectors = [], []
    for number in range(count):
        topic = ("vpn", "printer", "mail")[number % 3]
        ticket = ticket_of(topic, number, requester=f"user-{draws.integers(9)}", days=number / 4)
        agent = {"vpn": "ada", "printer": "ben", "mail": "eve"}[topic]
        past.append(PastTicket(ticket, {"assignee": agent, "category": topic}))
        vectors.append(vector_of(topic, number))
    return past, np.array(vectors)


def test_learnt_weights_name_the_right_agent_and_say_how_sure():
    past, vectors = history()
    model = learn_affinity(past, vectors)
    index = AffinityIndex(model)
    for _ in walk(index, past, vectors):
        pass
    now = START + timedelta(days=40)
    best = index.rank(ticket_of("mail", 999, days=40), now, vector=vector_of("mail", 500))[0]
    assert model.learnt_from > 50
    assert best.agent == "eve"
    assert best.score > 0.8


def test_the_same_history_in_another_order_gives_the_same_weights():
    past, vectors = history()
    order = np.random.default_rng(0).permutation(len(past))
    one = learn_affinity(past, vectors)
    other = learn_affinity([past[place] for place in order], vectors[order])
    np.testing.assert_allclose(one.weights, other.weights, atol=2e-2)


def test_a_short_history_gets_plain_weights():
    past, vectors = history(20)
    model = learn_affinity(past, vectors)
    assert model.learnt_from == 0
    np.testing.assert_array_equal(model.weights, plain_weights())


def test_a_later_assignee_never_changes_an_earlier_step():
    past, vectors = history(60)
    changed = [*past[:40], *(replace(one, labels={"assignee": "mallory"}) for one in past[40:])]
    axes = learn_affinity(past, vectors)
    steps = [list(walk(AffinityIndex(axes), one, vectors)) for one in (past, changed)]
    for before, after in zip(steps[0][:40], steps[1][:40], strict=True):
        assert before.people == after.people
        np.testing.assert_array_equal(before.signals, after.signals)


def test_tickets_without_an_assignee_teach_nothing():
    past, vectors = history(30)
    bare = [replace(one, labels={}) for one in past]
    assert list(walk(AffinityIndex(learn_affinity(past, vectors)), bare, vectors)) == []


def test_requesters_serve_where_they_take_their_own_tickets():
    past, _ = history(40)
    own = [replace(one, labels={"assignee": one.ticket.requester}) for one in past]
    assert not requesters_serve(past)
    assert requesters_serve(own)
    assert not requesters_serve([])


def test_weights_find_the_signal_that_chose():
    draws = np.random.default_rng(0)
    matrices = [draws.normal(size=(6, 3)) for _ in range(400)]
    chosen = [int(np.argmax(2 * matrix[:, 0] + draws.gumbel(size=6))) for matrix in matrices]
    for matrix in matrices:
        matrix[:, 2] = 1.0
    weights = fit_choice_weights(Choices.of(matrices, chosen), pull=1.0)
    assert weights[0] == pytest.approx(2.0, abs=0.3)
    assert weights[1] == pytest.approx(0.0, abs=0.2)
    assert weights[2] == 0.0


def test_axes_keep_cosines_and_have_fixed_signs():
    _, vectors = history(60)
    axes = find_axes(vectors)
    np.testing.assert_allclose(axes.basis.T @ axes.basis, np.eye(axes.basis.shape[1]), atol=1e-5)
    np.testing.assert_array_equal(axes.basis, find_axes(vectors).basis)
    assert np.mean(np.sum(np.square([axes.place(one) for one in vectors]), axis=1)) == pytest.approx(
        1, abs=0.01
    )


def test_every_signal_has_a_name_of_its_own():
    assert len(set(SIGNALS)) == len(SIGNALS)
