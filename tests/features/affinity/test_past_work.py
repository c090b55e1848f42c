import numpy as np

from features.affinity.past_work import PastWork
from features.affinity.projections import LONG


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def filled(vectors, basis):
    work = PastWork(basis)
    for vector in vectors:
        work.append(vector)
    return work


def test_the_nearest_are_found_in_order():
    vectors = unit(np.random.default_rng(0).normal(size=(2000, 16)))
    work = filled(vectors, np.eye(16))
    near = work.nearest(vectors[7], 20)
    exact = np.argsort(-vectors @ vectors[7], kind="stable")[:20]
    assert near.rows[0] == 7
    assert len(set(near.rows) & set(exact)) >= 18
    assert np.all(np.diff(near.cosines) <= 0)
    np.testing.assert_allclose(near.cosines, vectors[near.rows] @ vectors[7], atol=0.01)


def test_a_long_history_is_searched_by_a_guess_that_finds_nearly_all():
    draws = np.random.default_rng(0)
    vectors = unit(draws.normal(size=(LONG + 500, 12)))
    work = filled(vectors, np.eye(12))
    exact = np.argsort(-vectors @ vectors[3])[:100]
    near = work.nearest(vectors[3], 100)
    assert len(near.rows) == 100
    assert len(set(near.rows) & set(exact)) >= 90


def test_only_a_requesters_own_newest_tickets_are_measured():
    vectors = unit(np.random.default_rng(0).normal(size=(30, 8)))
    work = filled(vectors, np.eye(8))
    for row in range(30):
        work.set(row, person=0, requester=row % 3, category=-1, at=float(row), weight=1.0)
    near = work.nearest_of(1, vectors[0], 4)
    assert sorted(near.rows) == [19, 22, 25, 28]
    assert len(work.nearest_of(-1, vectors[0], 4).rows) == 0


def test_a_ticket_that_moves_on_is_listed_with_who_has_it_now_once():
    work = filled(unit(np.random.default_rng(0).normal(size=(3, 8))), np.eye(8))
    for row, person in ((0, 1), (1, 1), (0, 2), (2, 1), (0, 1), (0, 1), (1, 2)):
        work.set(row, person=person, requester=-1, category=-1, at=0.0, weight=1.0)
    assert work.rows_since(1, 0.0).tolist() == [0, 2]
    assert work.rows_since(2, 0.0).tolist() == [1] and work.rows_since(7, 0.0).tolist() == []


def test_only_what_is_known_since_a_moment_is_listed_also_where_it_is_told_out_of_order():
    work = filled(unit(np.random.default_rng(0).normal(size=(4, 8))), np.eye(8))
    for row, at in ((0, 5.0), (1, 9.0), (2, 3.0), (3, 8.0), (1, 2.0), (0, 7.0)):
        work.set(row, person=1, requester=-1, category=-1, at=at, weight=1.0)
    assert work.rows_since(1, 7.0).tolist() == [0, 3]
    assert work.rows_since(1, 10.0).tolist() == []


def test_the_same_question_is_answered_anew_once_there_is_a_new_ticket():
    vectors = unit(np.random.default_rng(0).normal(size=(30, 8)))
    work = filled(vectors, np.eye(8))
    first = work.nearest(vectors[0], 3)
    assert work.nearest(vectors[0].copy(), 3) is first
    assert len(work.nearest(vectors[0], 4).rows) == 4
    work.append(vectors[0])
    assert set(work.nearest(vectors[0], 2).rows) == {0, 30}
