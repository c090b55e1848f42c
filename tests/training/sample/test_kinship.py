"""Subjects and resolutions follow the words of the problem."""

from collections import Counter

from training.sample.draws import Draws
from training.sample.kinship import kindred

RESOLUTIONS = ("Pump replaced and float switch tested.", "Mirror replaced.", "Lamps replaced in {lift}.")


def _drawn(problem: str) -> Counter[str]:
    draws = Draws(1)
    return Counter(draws.weighted(kindred(problem, RESOLUTIONS)) for _ in range(900))


def test_a_resolution_that_shares_words_with_the_problem_is_drawn_most() -> None:
    counts = _drawn("The pump in the pit does not start.")

    assert counts.most_common(1)[0][0] == RESOLUTIONS[0]
    assert set(counts) == set(RESOLUTIONS)


def test_endings_do_not_matter() -> None:
    assert _drawn("Two mirrors are cracked.").most_common(1)[0][0] == RESOLUTIONS[1]


def test_without_a_problem_all_are_equally_likely() -> None:
    assert all(240 < count < 360 for count in _drawn("").values())


def test_slots_and_common_words_are_no_kinship() -> None:
    assert all(240 < count < 360 for count in _drawn("What is that in {lift}?").values())
