from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.neighbours import NeighbourIndex
from tests.trained import Trained
from training.replay.growing import GrowingModel, GrowingNeighbours
from triage.bundle import Bundle
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def unit(seed: int, rows: int) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(rows, 8)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@settings(deadline=None)
@given(begin=st.integers(0, 6), grow=st.integers(0, 200), most=st.integers(1, 90))
def test_growing_gives_the_index_that_building_anew_gives(begin, grow, most):
    begin = min(begin, most)
    vectors = unit(1, begin + grow)
    names = [f"T-{row}" for row in range(begin + grow)]
    labels = [{"category": str(row % 3)} for row in range(begin + grow)]
    classes = np.arange(begin + grow, dtype=np.int32) % 3
    index = GrowingNeighbours(
        NeighbourIndex(vectors[:begin], names[:begin], labels[:begin]), {"category": classes[:begin]}, most
    )
    for row in range(begin, begin + grow):
        index.add(names[row], vectors[row], labels[row], {"category": int(classes[row])})
    kept = slice(max(0, begin + grow - most), None)
    assert np.array_equal(index.vectors, vectors[kept])
    assert np.array_equal(index.classes["category"], classes[kept])
    assert (index.ticket_ids, index.labels) == (names[kept], labels[kept])


def test_the_index_that_it_began_with_stays_as_it_was():
    vectors = unit(2, 3)
    first = NeighbourIndex(vectors.copy(), ["a", "b", "c"], [{}, {}, {}])
    grown = GrowingNeighbours(first, {}, 3)
    grown.add("d", unit(3, 1)[0], {}, {})
    assert first.ticket_ids == ["a", "b", "c"] and np.array_equal(first.vectors, vectors)
    assert grown.ticket_ids == ["b", "c", "d"]


@pytest.fixture
def model(trained: Trained):
    return Bundle.load(trained.folder, bytes(range(32))).model


def test_a_ticket_is_similar_from_the_moment_it_is_learnt(model):
    growing = GrowingModel(model, 1_000)
    asked = Ticket("Q", "The espresso machine leaks", created_at=NOW)
    twin = Ticket("T-new", asked.subject, created_at=NOW)
    (before,) = growing.assess([asked], similar=1)
    growing.learn(PastTicket(twin, {"category": "new", "team": "Kitchen"}), NOW.timestamp())
    (after,) = growing.assess([asked], similar=1)
    assert before.similar[0].ticket_id != "T-new"
    (found,) = after.similar
    assert (found.ticket_id, found.labels) == ("T-new", {"category": "new", "team": "Kitchen"})
    assert after.familiarity > before.familiarity


@pytest.mark.parametrize("form", [True, False], ids=["with a form", "without one"])
def test_neighbours_vote_for_the_label_that_a_new_ticket_got(model, form):
    part = model if form else model.formless
    voting = [name for name, one in part.fields.items() if one.neighbour_classes is not None]
    assert voting, "no field of the small model listens to its neighbours: nothing is tested"
    (field,) = voting[:1]
    growing = GrowingModel(model, 1_000)
    asked = Ticket("Q", "The espresso machine leaks", created_at=NOW)
    asked = model.structured.filled(asked) if form else asked
    rarest = growing.assess([asked])[0].predictions[field].top(99)[-1][0]

    def share() -> float:
        said = growing.assess([asked])[0].predictions[field]
        return float(said.probabilities[said.labels.index(rarest)])

    before = share()
    for number in range(5):
        past = PastTicket(Ticket(f"N-{number}", asked.subject, created_at=NOW), {field: rarest})
        growing.learn(past, NOW.timestamp())
    assert share() > before


def test_a_label_newer_than_the_model_and_a_ticket_without_words_do_no_harm(model):
    growing = GrowingModel(model, 1_000)
    asked = Ticket("Q", "VPN drops", created_at=NOW)
    before = growing.assess([asked])[0].predictions
    growing.learn(PastTicket(Ticket("E", created_at=NOW), {"category": "account"}), NOW.timestamp())
    after = growing.assess([asked])[0].predictions
    assert all(np.array_equal(before[name].probabilities, after[name].probabilities) for name in before)
    unseen = PastTicket(Ticket("U", "VPN drops", created_at=NOW), {"category": "never seen"})
    growing.learn(unseen, NOW.timestamp())
    said = growing.assess([asked])[0].predictions["category"]
    assert "never seen" not in said.labels and said.probabilities.sum() == pytest.approx(1)
