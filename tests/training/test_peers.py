import numpy as np
import pytest

from tests.features.fake_encoder import WordEncoder
from training.peers import BOTH, FORM, MAJORITY, MEAN, MEANING, WORDS, fit_peers
from triage.ticket import PastTicket, Ticket

TEXTS = {"network": "the vpn is down", "printing": "printer jams again"}


def spoken(count: int) -> tuple[list[PastTicket], list[str]]:
    labels = [list(TEXTS)[number % 3 % 2] for number in range(count)]
    return [PastTicket(Ticket(f"T-{n}", TEXTS[label])) for n, label in enumerate(labels)], labels


def test_each_pipeline_learns_from_text_and_the_mean_is_that_of_words_and_meaning():
    history, values = spoken(30)
    later, truth = spoken(9)
    labels, found = fit_peers(history, values, [later, later[:2]], WordEncoder(), ordered=True)
    assert list(labels) == ["network", "printing"]
    assert set(found) == {MAJORITY, WORDS, MEANING, BOTH, MEAN}
    for probabilities in found.values():
        assert [len(part) for part in probabilities] == [9, 2]
        assert np.allclose(probabilities[0].sum(axis=1), 1)
    assert found[MEAN][0] == pytest.approx((found[WORDS][0] + found[MEANING][0]) / 2)
    assert labels[found[WORDS][0].argmax(axis=1)].tolist() == truth
    assert set(labels[found[MAJORITY][0].argmax(axis=1)]) == {"network"}


def test_tickets_without_text_are_judged_by_their_form():
    history = [
        PastTicket(Ticket(f"T-{n}", custom={"item": "laptop" if n % 2 else "router"})) for n in range(20)
    ]
    values = ["hardware" if n % 2 else "network" for n in range(20)]
    labels, found = fit_peers(history, values, [history[:4]], WordEncoder(), ordered=False)
    assert set(found) == {MAJORITY, FORM}
    assert labels[found[FORM][0].argmax(axis=1)].tolist() == values[:4]


def test_a_history_whose_end_has_only_new_labels_still_fits():
    history = [PastTicket(Ticket(f"T-{n}", f"word{n % 2} here")) for n in range(10)]
    labels, found = fit_peers(history, ["a"] * 8 + ["b"] * 2, [history], WordEncoder(), ordered=True)
    assert list(labels) == ["a", "b"]
    assert found[WORDS][0].shape == (10, 2)


def test_a_long_history_is_read_by_words_alone(monkeypatch: pytest.MonkeyPatch):
    history, values = spoken(30)
    # Misspelt: only characters know it.
    later = [PastTicket(Ticket("L-1", "printre jamz"))]

    def printing() -> float:
        labels, found = fit_peers(history, values, [later], WordEncoder(), ordered=True)
        return float(found[WORDS][0][0, list(labels).index("printing")])

    with_characters = printing()
    monkeypatch.setattr("training.peers.LONGEST", 10)
    assert with_characters > printing() + 0.05
