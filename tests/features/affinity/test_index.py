import pickle
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from features.affinity.index import AffinityIndex
from features.affinity.signals import SIGNALS, read_signals
from tests.features.affinity.helpers import START, make_model, taught_index, ticket_of, vector_of
from triage.errors import InputError

NOW = START + timedelta(days=11)


def ranked(index, topic, **more):
    ticket = ticket_of(topic, 999, days=11)
    return [one.agent for one in index.rank(ticket, NOW, vector=vector_of(topic, 99), **more)]


def test_who_solved_such_tickets_comes_first():
    index = taught_index()
    assert ranked(index, "vpn")[0] == "ada"
    assert ranked(index, "printer")[0] == "ben"


def test_scores_are_probabilities_over_the_candidates():
    index = taught_index()
    ticket, team = ticket_of("vpn", 999), ["ada", "ben"]
    scores = [one.score for one in index.rank(ticket, NOW, vector=vector_of("vpn", 99), candidates=team)]
    assert sum(scores) == pytest.approx(1.0)
    assert scores == sorted(scores, reverse=True)


def test_a_part_of_the_chances_is_left_to_those_of_whom_nothing_is_known():
    index = taught_index()
    ticket, strangers = ticket_of("vpn", 999), [f"stranger-{number}" for number in range(8)]
    team = ["ada", "ben", *strangers]
    scores = [one.score for one in index.rank(ticket, NOW, vector=vector_of("vpn", 99), candidates=team)]
    # Twenty tickets are as much as the doubt: half of the chances is shared equally among all ten.
    assert sum(scores) == pytest.approx(0.5 + 0.5 * 2 / 10, abs=0.01)


@pytest.mark.parametrize(("tickets", "most"), [(1, 0.55), (3, 0.6), (20, 0.8)])
def test_after_a_few_tickets_nobody_is_nearly_certain(tickets, most):
    index = AffinityIndex(make_model())
    for number in range(tickets):
        index.learn(ticket_of("vpn", number), "ada", START, vector=vector_of("vpn", number))
    (best,) = index.rank(ticket_of("vpn", 999), START, vector=vector_of("vpn", 99), candidates=["ada", "ben"])
    assert 0.5 < best.score < most


def test_signals_come_with_their_names():
    best = taught_index().rank(ticket_of("vpn", 999), NOW, vector=vector_of("vpn", 99))[0]
    assert set(best.signals) == set(SIGNALS)


def test_an_empty_index_proposes_nobody():
    assert AffinityIndex(make_model()).rank(ticket_of("vpn", 1), NOW, vector=vector_of("vpn")) == []


def test_a_single_event_changes_the_next_ranking():
    index = taught_index()
    before = index.rank(ticket_of("mail", 999), NOW, vector=vector_of("mail", 99))
    index.learn(ticket_of("mail", 100, days=10), "eve", NOW, vector=vector_of("mail", 1))
    after = index.rank(ticket_of("mail", 999), NOW, vector=vector_of("mail", 99))
    assert "eve" not in [one.agent for one in before]
    assert "eve" in [one.agent for one in after]


def test_a_habit_of_an_organization_holds_however_it_is_written():
    index = AffinityIndex(make_model())
    known = replace(ticket_of("vpn", 1), organization="Acme")
    index.learn(known, "ada", START, vector=vector_of("vpn", 1))
    signs = []
    for name in ("Acme", " ACME", "Other"):
        asked = replace(ticket_of("printer", 2), organization=name)
        (one,) = index.rank(asked, NOW, vector=vector_of("printer", 2), candidates=["ada"])
        signs.append(one.signals["organization_60d"])
    assert signs[0] == signs[1] > signs[2] == 0.0


def test_only_candidates_are_ranked():
    index = taught_index()
    assert ranked(index, "vpn", candidates=["ben", "nobody"]) == ["ben"]
    assert ranked(index, "vpn", candidates=[]) == []


def test_a_deactivated_agent_is_never_proposed_and_can_come_back():
    index = taught_index()
    index.deactivate("ada")
    assert ranked(index, "vpn") == ["ben"]
    assert ranked(index, "vpn", candidates=["ada", "ben"]) == ["ben"]
    index.activate("ada")
    assert ranked(index, "vpn")[0] == "ada"


def test_a_newcomer_is_found_by_declared_skills():
    index = taught_index()
    index.welcome("eve", "mail, outlook", NOW, vector=vector_of("mail", 5))
    assert ranked(index, "mail")[0] == "eve"
    assert ranked(index, "vpn")[0] == "ada"


def test_who_resolved_it_counts_and_who_was_first_tried_does_not():
    tried, never = taught_index(), taught_index()
    ticket = ticket_of("mail", 100, days=10)
    at = START + timedelta(days=10, hours=1)
    tried.learn(ticket, "ben", at, "assigned", vector=vector_of("mail", 1))
    tried.learn(ticket, "ada", at + timedelta(hours=2), "resolved", vector=vector_of("mail", 1))
    never.learn(ticket, "ada", at + timedelta(hours=2), "resolved", vector=vector_of("mail", 1))
    similar = [
        index.facts("ada", ticket, NOW, vector=vector_of("mail", 9)).similar for index in (tried, never)
    ]
    assert similar == [1, 1]
    assert tried.facts("ben", ticket, NOW, vector=vector_of("mail", 9)).similar == 0
    words = SIGNALS.index("words")
    matrices = [index.shortlist(ticket, NOW, vector=vector_of("mail", 9))[1] for index in (tried, never)]
    np.testing.assert_allclose(matrices[0][:, words], matrices[1][:, words], atol=1e-4)


def test_resolving_what_one_was_assigned_counts_once():
    once, twice = taught_index(), taught_index()
    ticket = ticket_of("mail", 100, days=10)
    at = START + timedelta(days=10, hours=1)
    twice.learn(ticket, "ada", at, "assigned", vector=vector_of("mail", 1))
    twice.learn(ticket, "ada", at, "resolved", vector=vector_of("mail", 1))
    once.learn(ticket, "ada", at, "resolved", vector=vector_of("mail", 1))
    assert len(once.memory.work) == len(twice.memory.work)
    kept = [name not in ("choice_slow", "choice_fast") for name in SIGNALS]
    matrices = [index.shortlist(ticket, NOW, vector=vector_of("mail", 9))[1] for index in (once, twice)]
    np.testing.assert_allclose(matrices[0][:, kept], matrices[1][:, kept], atol=1e-4)


def test_a_ticket_named_in_the_text_speaks_for_who_had_it():
    index = taught_index()
    plain, naming = ticket_of("mail", 998), ticket_of("mail", 999)
    naming = type(naming)(**{**{f: getattr(naming, f) for f in naming.__slots__}, "body": "same as T-1"})
    column = SIGNALS.index("mentioned")
    without = index.shortlist(plain, NOW, vector=vector_of("mail"))[1][:, column]
    places, signals = index.shortlist(naming, NOW, vector=vector_of("mail"))
    spoken_for = {
        index.memory.names[place] for place, one in zip(places, signals[:, column], strict=True) if one
    }
    assert not without.any()
    assert spoken_for == {"ben"}


def test_requesters_are_no_candidates_unless_they_serve():
    ticket = ticket_of("vpn", 999, requester="ada", days=11)
    barred = taught_index().rank(ticket, NOW, vector=vector_of("vpn", 99))
    allowed = taught_index(requesters_serve=True).rank(ticket, NOW, vector=vector_of("vpn", 99))
    assert [one.agent for one in barred] == ["ben"]
    assert "ada" in [one.agent for one in allowed]


def test_facts_are_plain_counts():
    index = taught_index()
    facts = index.facts("ada", ticket_of("vpn", 999, requester="user-3"), NOW, vector=vector_of("vpn", 99))
    assert (facts.similar, facts.handled, facts.of_requester) == (10, 10, 1)
    much_later = index.facts(
        "ada", ticket_of("vpn", 999), NOW + timedelta(days=90), vector=vector_of("vpn", 99)
    )
    assert (much_later.similar, much_later.similar_ever) == (0, 10)


def test_facts_about_a_stranger_are_zero():
    facts = taught_index().facts("nobody", ticket_of("vpn", 999), NOW, vector=vector_of("vpn", 99))
    assert (facts.similar, facts.handled) == (0, 0)


def test_work_of_nobody_known_is_not_a_strangers():
    index = taught_index()
    row = index.memory.work.append(vector_of("vpn", 1))
    index.memory.work.set(row, person=-1, requester=-1, category=-1, at=START.timestamp(), weight=0.0)
    facts = index.facts("nobody", ticket_of("vpn", 999), NOW, vector=vector_of("vpn", 99))
    assert (facts.similar, facts.similar_ever, facts.handled) == (0, 0, 0)


def test_ranking_changes_nothing():
    index = taught_index()
    assert ranked(index, "vpn") == ranked(index, "vpn")


def test_unknown_kinds_and_nameless_agents_are_refused():
    index = taught_index()
    with pytest.raises(InputError, match="kind"):
        index.learn(ticket_of("vpn", 1), "ada", NOW, "closed", vector=vector_of("vpn"))
    with pytest.raises(InputError, match="agent"):
        index.learn(ticket_of("vpn", 1), "", NOW, vector=vector_of("vpn"))


def test_a_pickled_index_goes_on_learning_as_the_first_would():
    index = taught_index()
    copy = pickle.loads(pickle.dumps(index))
    for one in (index, copy):
        one.learn(ticket_of("mail", 100, days=10), "eve", NOW, vector=vector_of("mail", 1))
    assert ranked(copy, "mail") == ranked(index, "mail")
    assert ranked(copy, "mail")[0] == "eve"


def test_chances_are_those_of_the_ranking_for_everybody():
    index, ticket = taught_index(), ticket_of("vpn", 999)
    ranking = index.rank(ticket, NOW, vector=vector_of("vpn", 99), top=99)
    chances = index.chances(ticket, NOW, vector=vector_of("vpn", 99))
    assert list(chances.items()) == [(one.agent, one.score) for one in ranking]
    assert AffinityIndex(index.model).chances(ticket, NOW, vector=vector_of("vpn", 99)) == {}


def test_declared_skills_are_no_handled_ticket():
    index = taught_index()
    index.welcome("eve", "vpn, certificates", NOW - timedelta(days=1), vector=vector_of("vpn", 5))
    facts = index.facts("eve", ticket_of("vpn", 999), NOW, vector=vector_of("vpn", 99))
    assert (facts.similar, facts.similar_ever, facts.handled) == (0, 0, 0)
    index.learn(ticket_of("vpn", 500, days=10), "eve", NOW, vector=vector_of("vpn", 6))
    facts = index.facts("eve", ticket_of("vpn", 999), NOW, vector=vector_of("vpn", 99))
    assert (facts.similar, facts.similar_ever, facts.handled) == (1, 1, 1)


def test_signals_of_some_people_are_those_that_they_have_among_all():
    index = taught_index()
    for number, agent in enumerate(("eve", "max", "ada", "zoe")):
        ticket = ticket_of("mail", 200 + number, requester="ben", days=10)
        index.learn(ticket, agent, NOW, vector=vector_of("mail", number), category="mail")
    asked = ticket_of("mail", 999, requester="ben")
    at, people = NOW.timestamp(), np.array([1, 2, 4])
    everybody = read_signals(index.memory, asked, at, vector=vector_of("mail", 9))
    some = read_signals(index.memory, asked, at, vector=vector_of("mail", 9), people=people)
    assert everybody.shape == (5, len(SIGNALS))
    np.testing.assert_allclose(some, everybody[people], atol=1e-6)
