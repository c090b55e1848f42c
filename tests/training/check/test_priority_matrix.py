from itertools import product

from tests.training.priority.made import matrix_history, past
from training.check.priority_matrix import explained_by_matrix, find_matrix_breaks
from triage.priority import PRIORITIES, PriorityMatrix

STEPS = ("low", "medium", "high")
MATRIX = PriorityMatrix.default(STEPS, STEPS)


def test_the_verdict_shows_the_matrix_and_tickets_that_break_it_are_named():
    verdict, breaks = find_matrix_breaks(
        matrix_history(MATRIX, broken=(40, 77), without=[("high", "low")]), ["priority"]
    )
    assert (verdict.code, verdict.weight, verdict.tickets) == ("priority_matrix", "look", 300)
    assert "298 tickets of 300" in verdict.text
    assert "impact high: high → urgent, medium → high, low → normal (never seen, filled in)" in verdict.text
    assert (breaks.code, breaks.weight, breaks.tickets) == ("priority_breaks_matrix", "look", 2)
    assert breaks.rows == ("T-40", "T-77")


def test_every_ticket_that_breaks_the_matrix_is_named_with_the_priority_that_it_should_have():
    history = matrix_history(MATRIX, broken=range(20, 300, 20))
    _, breaks = find_matrix_breaks(history, ["priority"])
    assert breaks.rows == tuple(f"T-{number}" for number in range(20, 300, 20))
    labels = {one.ticket.ticket_id: one.labels for one in history}
    expected = [MATRIX.cells[labels[row]["impact"], labels[row]["urgency"]] for row in breaks.rows]
    assert list(breaks.likely) == expected


def test_tickets_whose_priority_follows_from_a_matrix_are_explained_by_it():
    explained = explained_by_matrix(matrix_history(MATRIX, broken=(40, 77)))
    assert len(explained) == 298 and not {"T-40", "T-77"} & explained
    tickets = [past(n, *cell, PRIORITIES[n % 4]) for n, cell in enumerate([*product(STEPS, STEPS)] * 40)]
    assert explained_by_matrix(tickets) == frozenset()


def test_a_bound_is_never_told_above_itself():
    verdict, *_ = find_matrix_breaks(matrix_history(MATRIX, broken=(40, 77)), ["priority"])
    # Clopper and Pearson: of 300 tickets 298, at least 0.97916.
    assert "at least 97.9% by the bound" in verdict.text


def test_a_history_without_a_matrix_is_told_so_and_no_ticket_breaks_it():
    tickets = [past(n, *cell, PRIORITIES[n % 4]) for n, cell in enumerate([*product(STEPS, STEPS)] * 40)]
    (verdict,) = find_matrix_breaks(tickets, ["priority"])
    assert "does not follow" in verdict.text


def test_who_does_not_ask_for_priority_is_told_nothing():
    assert find_matrix_breaks(matrix_history(MATRIX), ["team"]) == []
    assert find_matrix_breaks(matrix_history(MATRIX, count=20), ["priority"]) == []
