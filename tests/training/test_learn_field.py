from typing import ClassVar

import numpy as np
import pytest
import scipy.sparse as sp

from training.head_fitting import HeadFitting
from training.label_names import NamedLabels
from training.learn_field import learn_field
from training.pool_members import hold_out
from training.splits import Fold
from training.targets import FieldTarget
from triage.errors import TrainingError

RANDOM = np.random.default_rng(0)
NAMES = ("hardware", "network", "payroll")
CENTRES = np.eye(3, 8, dtype=np.float32) * 2


def made(count: int, noise: float = 0.6) -> tuple[list[str], dict[str, np.ndarray]]:
    classes = RANDOM.integers(0, 3, count)
    vectors = CENTRES[classes] + RANDOM.normal(0, noise, (count, 8)).astype(np.float32)
    return [NAMES[one] for one in classes], {"meaning": vectors.astype(np.float32)}


NAMED = NamedLabels(np.arange(3), {"words": sp.csr_matrix((3, 4), dtype=np.float32), "meaning": CENTRES})


def test_what_labels_are_called_helps_where_tickets_are_few():
    values, views = made(40, noise=2.0)
    without = learn_field("category", values, views, ordered=False, target=FieldTarget())
    named = learn_field("category", values, views, ordered=False, target=FieldTarget(), named=NAMED)

    def loss(one):
        return -np.log(one.probabilities[np.arange(len(one.classes)), one.classes]).mean()

    assert loss(named) < loss(without)
    assert named.ladder[0]["level"] == "rules"


def test_a_described_label_without_a_ticket_is_among_the_labels_and_can_be_predicted():
    rows = RANDOM.integers(0, 2, 300)
    views = {"meaning": (CENTRES[rows] + RANDOM.normal(0, 0.3, (300, 8))).astype(np.float32)}
    learnt = learn_field(
        "category",
        [NAMES[one] for one in rows],
        views,
        ordered=False,
        target=FieldTarget(),
        labels=NAMES,
        named=NAMED,
    )
    assert learnt.model.labels == NAMES
    new = {"meaning": CENTRES[2:3]}
    heads = {name: weight for name, weight in learnt.model.weights.items() if name in learnt.model.heads}
    logits = sum(weight * learnt.model.heads[name].logits(new) for name, weight in heads.items())
    assert np.argmax(logits) == 2
    assert learnt.promise.thresholds["payroll"] is None


def test_a_field_that_follows_chance_abstains_and_says_so():
    values, views = made(600)
    RANDOM.shuffle(values)
    learnt = learn_field("category", values, views, ordered=True, target=FieldTarget(target=0.3))
    assert not learnt.learnable
    assert set(learnt.promise.thresholds.values()) == {None}
    assert learnt.promise.suggest_at == 1.0 and not learnt.applied.any()


def test_old_tickets_count_less_where_labels_changed_their_meaning():
    count = 3_000
    classes = RANDOM.integers(0, 3, count)
    shown = np.where(np.arange(count) < 1_800, (classes + 1) % 3, classes)
    views = {"meaning": (CENTRES[shown] + RANDOM.normal(0, 1.5, (count, 8))).astype(np.float32)}
    values = [NAMES[one] for one in classes]
    days = np.linspace(0, 1_000, count)
    learnt = learn_field("category", values, views, ordered=True, target=FieldTarget(), days=days)
    assert learnt.half_life is not None and learnt.half_life <= 240
    whole = learn_field("category", values, views, ordered=True, target=FieldTarget())
    assert whole.half_life is None
    assert learnt.peers["meaning alone"]["accuracy"] > whole.peers["meaning alone"]["accuracy"]


def test_the_usual_pipelines_stand_beside_it():
    values, views = made(300)
    learnt = learn_field("category", values, views, ordered=True, target=FieldTarget())
    assert set(learnt.peers) == {"majority", "meaning alone"}


def test_one_label_is_nothing_to_tell_apart():
    _, views = made(20)
    with pytest.raises(TrainingError, match="Got 1 label"):
        learn_field("category", ["vpn"] * 20, views, ordered=True, target=FieldTarget())


@pytest.mark.proof
def test_hundreds_of_labels_leave_words_to_the_encoder():
    classes = np.tile(np.arange(400), 3)
    views = {
        "meaning": RANDOM.normal(size=(1_200, 8)).astype(np.float32),
        "words": sp.random(1_200, 30_000, density=1e-3, format="csr", dtype=np.float32, random_state=0),
    }
    fold = Fold(np.arange(800), np.arange(800, 1_200))
    found = hold_out(
        HeadFitting(classes, 400), [(fold, views, None)], [str(one) for one in range(400)], None, ordered=True
    )
    assert set(found.log_probabilities) == {"meaning", "neighbours", "shares", "lately"}


class Watched(HeadFitting):
    """A fitting that notes whether fits on many rows began at an earlier result."""

    began_warm: ClassVar[list[bool]] = []

    def fit(self, views, blocks, learn, penalty, start=None, **settings):
        self.began_warm.append(start is not None)
        return super().fit(views, blocks, learn, penalty, start, **settings)


@pytest.mark.parametrize(
    ("parts", "last_is_warm"),
    [
        ([(range(200), range(200, 300)), (range(300), range(300, 400))], True),
        ([(range(100, 400), range(100)), (range(300), range(300, 400))], False),
    ],
    ids=["forward in time", "dealt at random"],
)
def test_a_fold_never_starts_from_a_fit_that_has_seen_its_judged_tickets(parts, last_is_warm: bool):
    # Stopped early, such a fit remembers them: banking77's held-out accuracy was .957 and the later one .923.
    values, views = made(400)
    classes = np.searchsorted(NAMES, values)
    folds = [(Fold(np.array(learn), np.array(judge)), views, None) for learn, judge in parts]
    Watched.began_warm.clear()
    hold_out(Watched(classes, 3), folds, NAMES, None, ordered=True)
    assert Watched.began_warm[-1] is last_is_warm


def test_how_long_before_today_a_fold_ends_does_not_change_its_fit():
    values, views = made(120)
    classes = np.searchsorted(NAMES, values)
    learn = np.arange(60)
    ageing = 0.5 ** np.arange(120)[::-1].clip(0, 90).astype(float)
    fits = [
        HeadFitting(classes, 3, weights=weights).fit(views, ["meaning"], learn, 1.0)
        for weights in (ageing, ageing * 2.0**40)
    ]
    np.testing.assert_allclose(fits[0][0][0], fits[1][0][0], rtol=1e-4, atol=1e-6)
    assert np.abs(fits[0][0][0]).max() > 0.1


def test_a_described_label_does_not_displace_labels_that_tickets_show():
    random, names = np.random.default_rng(0), ("a", "b", "c", "d")
    rows = random.integers(0, 3, 300)
    views = {"meaning": (np.eye(4, 8)[rows] * 2 + random.normal(0, 0.8, (300, 8))).astype(np.float32)}
    # What the fourth is described as reads a little like anything.
    meaning = np.vstack([2 * np.eye(3, 8), [[0.4] * 3 + [0.0] * 5]]).astype(np.float32)
    learnt = learn_field(
        "category",
        [names[one] for one in rows],
        views,
        ordered=False,
        target=FieldTarget(),
        labels=names,
        named=NamedLabels(np.arange(4), {"meaning": meaning}),
    )
    assert learnt.probabilities[:, 3].mean() < 1.1 / 301
    third = np.argsort(-learnt.probabilities, axis=1)[:, :3]
    assert (third == 3).any(axis=1).mean() < 0.3


def formed(count: int) -> tuple[list[str], dict[str, np.ndarray]]:
    """Tickets of which the form tells the label and the text a little."""
    values, views = made(count, noise=2.0)
    classes = np.searchsorted(NAMES, values)
    said = np.where(RANDOM.random(count) < 0.9, classes, RANDOM.integers(0, 3, count))
    return values, views | {"fields": sp.csr_matrix(np.eye(3, dtype=np.float32)[said])}


def test_without_a_form_a_field_is_answered_and_promised_by_what_reads_none():
    values, views = formed(600)
    days = np.arange(600.0)
    whole, plain = (
        learn_field("category", values, one, ordered=True, target=FieldTarget(target=0.8), days=days, **more)
        for one, more in ((views, {"formless": True}), ({"meaning": views["meaning"]}, {}))
    )
    bare = whole.formless
    assert "fields" in whole.model.blocks and set(bare.model.blocks) == {"meaning"}
    assert np.array_equal(bare.held_out, whole.held_out) and np.array_equal(bare.classes, whole.classes)
    right = [(one.probabilities.argmax(axis=1) == one.classes).mean() for one in (whole, bare)]
    assert right[0] > right[1] + 0.1
    assert bare.applied.mean() < whole.applied.mean()
    # As if forms had never been there: only the half-life is learnt from all that there was.
    assert right[1] == pytest.approx((plain.probabilities.argmax(axis=1) == plain.classes).mean(), abs=0.03)
    assert bare.formless is None


def test_what_is_learnt_for_tickets_with_a_form_is_the_same_beside():
    values, views = formed(300)
    whole, alone = (
        learn_field("category", values, views, ordered=True, target=FieldTarget(), formless=both)
        for both in (True, False)
    )
    assert alone.formless is None
    assert whole.model.weights == alone.model.weights and whole.promise == alone.promise
    assert np.array_equal(whole.probabilities, alone.probabilities)
    shared = set(whole.model.heads) & set(whole.formless.model.heads)
    assert all(whole.model.heads[name] is whole.formless.model.heads[name] for name in shared)


def test_where_only_the_form_tells_there_is_nothing_without_it():
    values, views = formed(300)
    silent = {"fields": views["fields"], "meaning": np.zeros((300, 8), np.float32)}
    learnt = learn_field("category", values, silent, ordered=True, target=FieldTarget(), formless=True)
    assert learnt.formless is None
    text_only = {"meaning": views["meaning"]}
    learnt = learn_field("category", values, text_only, ordered=True, target=FieldTarget(), formless=True)
    assert learnt.formless is None
