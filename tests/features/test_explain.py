from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from features.calibration import Calibration
from features.explain import FLOORED, LISTED, contrast, explain_field, log_odds
from features.field_model import FieldModel, Head
from features.neighbours import vote
from features.shares import Shares
from features.ticket_reading import Reading
from features.views import Views
from triage.pooling import pool_logits
from triage.prediction import Prediction
from triage.ticket import Ticket

SIZES = {"words": 30, "subject": 9, "meaning": 24, "fields": 5}
PAST = 40


def read_sparse(ticket: Ticket, row: sp.csr_matrix) -> Shares:
    each = np.arange(len(row.indices))
    return Shares(tuple(f"term-{at}" for at in row.indices), each, each, np.ones(len(each)))


def made(
    seed: int, labels: int, *, heads: bool = True, votes: bool = True
) -> tuple[FieldModel, Views, np.ndarray, np.ndarray]:
    """A blend of heads on four blocks, two of them read by two heads, and a vote; with three tickets."""
    random = np.random.default_rng(seed)
    views: Views = {"meaning": random.normal(size=(3, SIZES["meaning"])).astype(np.float32)}
    for name in ("words", "subject", "fields"):
        ones = sp.random(3, SIZES[name], 0.5, format="csr", dtype=np.float32, random_state=random)
        views[name] = ones

    def head(*blocks: str) -> Head:
        coefs = tuple(3 * random.normal(size=(SIZES[one], labels)).astype(np.float32) for one in blocks)
        return Head(blocks, coefs, random.normal(size=labels).astype(np.float32))

    members = {"words": head("words"), "all": head("words", "subject", "meaning", "fields")} if heads else {}
    weights = {name: float(weight) for name, weight in zip(members, random.random(2), strict=False)}
    if votes:
        weights["neighbours"] = float(random.random())
    classes = random.integers(-1, labels, PAST).astype(np.int32)
    model = FieldModel("team", tuple(f"label-{at}" for at in range(labels)), members, weights, classes)
    places = np.array([random.permutation(PAST)[:25] for _ in range(3)])
    cosines = -np.sort(-random.uniform(0, 1, (3, 25)), axis=1).astype(np.float32)
    return model, views, places, cosines


def reading_of(
    model: FieldModel, views: Views, places: np.ndarray, cosines: np.ndarray, text: str = "vpn"
) -> Reading:
    said = {model.field: model.said(views, places, cosines)}
    readers = {"words": ("word", read_sparse), "fields": ("field", read_sparse)}
    pooled = {model.field: model.pooled(said[model.field])}
    past_ids = [f"T-{at}" for at in range(PAST)]
    return Reading(Ticket("", text), views, 1, readers, places[1], cosines[1], past_ids, said, pooled)


def predicted(model: FieldModel, views: Views, places: np.ndarray, cosines: np.ndarray) -> Prediction:
    return Prediction("team", model.labels, model.probabilities(views, places, cosines)[1])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.booleans(), st.booleans())
def test_the_parts_add_up_to_the_log_odds_to_the_runner_up(seed, labels, heads, votes):
    model, views, places, cosines = made(seed, labels, heads=heads, votes=votes or not heads)
    prediction = predicted(model, views, places, cosines)
    told = explain_field(model, prediction, reading_of(model, views, places, cosines))
    (label, sure), (against, less) = prediction.top(2)
    assert (told.label, told.against) == (label, against)
    assert told.log_odds == pytest.approx(np.log(sure / less), abs=1e-9)
    assert sum(one.weight for one in told.parts) == pytest.approx(told.log_odds, abs=1e-9)
    # Nothing is hidden in the parts that need not be looked into, but what the floor under a head changes.
    assert {one.name for one in told.parts if one.kind == "rest"} <= {FLOORED} or not heads
    bias = sum(
        model.weights[name] * float(head.intercept[model.labels.index(label)])
        - model.weights[name] * float(head.intercept[model.labels.index(against)])
        for name, head in model.heads.items()
    )
    assert sum(one.weight for one in told.parts if one.kind == "bias") == pytest.approx(bias, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9))
def test_the_linear_part_is_the_difference_of_the_heads_weighted_logits(seed, labels):
    model, views, places, cosines = made(seed, labels)
    logits = sum(
        weight * model.heads[name].logits(views)[1]
        for name, weight in model.weights.items()
        if name in model.heads
    )
    column, other = seed % labels, (seed + 1) % labels
    reading = reading_of(model, views, places, cosines)
    usual = contrast(model, reading, model.labels[column])
    assert sum(one.weight for one in usual) == pytest.approx(logits[column] - logits.mean(), abs=1e-3)
    rival = contrast(model, reading, model.labels[column], model.labels[other])
    linear = sum(one.weight for one in rival if one.kind not in ("neighbours", "rest"))
    assert linear == pytest.approx(logits[column] - logits[other], abs=1e-3)
    pooled = pool_logits(
        {name: head.log_probabilities(views)[1] for name, head in model.heads.items()},
        {name: model.weights[name] for name in model.heads},
    )
    all_but_votes = sum(one.weight for one in rival if one.kind != "neighbours")
    assert all_but_votes == pytest.approx(pooled[column] - pooled[other], abs=1e-3)
    votes = vote(*model.voters(places[1:2], cosines[1:2])[1:], labels)[0]
    (cast,) = [one.weight for one in rival if one.kind == "neighbours"]
    assert cast == pytest.approx(model.weights["neighbours"] * (votes[column] - votes[other]), abs=1e-9)


def test_the_strongest_are_listed_and_the_others_of_their_kind_told_together():
    model, views, places, cosines = made(3, 4)
    told = explain_field(
        model, predicted(model, views, places, cosines), reading_of(model, views, places, cosines)
    )
    named = [abs(one.weight) for one in told.parts if one.kind in ("word", "field")]
    assert named == sorted(named, reverse=True) and len(named) == LISTED
    kinds = [one.kind for one in told.parts]
    assert {"other_words", "meaning", "neighbours", "bias", "other"} <= set(kinds)
    assert [one.name for one in told.parts if one.kind == "other"] == ["subject"]
    assert kinds[-1] == "bias"


def test_what_the_blend_does_not_say_is_told_as_a_part_of_its_own():
    model, views, places, cosines = made(3, 4)
    honest = predicted(model, views, places, cosines)
    lifted = np.roll(honest.probabilities, 1)
    told = explain_field(
        model, Prediction("team", model.labels, lifted), reading_of(model, views, places, cosines)
    )
    assert sum(one.weight for one in told.parts) == pytest.approx(told.log_odds, abs=1e-9)
    assert (told.parts[-1].kind, told.parts[-1].name) == ("rest", "what other fields say")


def test_what_one_other_field_says_is_called_by_its_name():
    model, views, places, cosines = made(3, 4)
    lifted = Prediction(
        "team", model.labels, np.roll(predicted(model, views, places, cosines).probabilities, 1)
    )
    told = explain_field(model, lifted, reading_of(model, views, places, cosines), ["subcategory"])
    assert told.parts[-1].name == "what its subcategory says"


def test_the_voters_are_those_who_voted_with_their_share():
    model, views, places, cosines = made(5, 3)
    told = explain_field(
        model, predicted(model, views, places, cosines), reading_of(model, views, places, cosines)
    )
    labelled = [place for place, at in enumerate(places[1]) if model.neighbour_classes[at] >= 0][:20]
    classes = model.neighbour_classes[places[1, labelled]]
    assert told.voters == len(labelled)
    log_votes = vote(cosines[1:2, labelled], classes[None], 3)[0]
    for one in told.votes:
        column = model.labels.index(one.label)
        wanted = [f"T-{at}" for at in places[1, labelled] if model.neighbour_classes[at] == column]
        assert [voter.ticket_id for voter in one.voters] == wanted
        # What is missing is the thousandth that every label starts with.
        assert one.share == pytest.approx(np.exp(log_votes[column]), abs=2e-3)
    assert [one.label for one in told.votes] == [told.label, told.against]


def test_without_text_no_past_ticket_is_called_similar():
    model, views, places, cosines = made(5, 3)
    reading = reading_of(model, views, places, cosines, text=" ")
    told = explain_field(model, predicted(model, views, places, cosines), reading)
    assert (told.votes, told.voters) == ((), 0)
    names = {one.kind: one.name for one in told.parts}
    assert (names["meaning"], names["neighbours"]) == ("that there is no text", "the vote of past tickets")


def test_a_label_without_a_rival_has_no_log_odds():
    model, views, places, cosines = made(5, 2)
    alone = Prediction("team", model.labels[:1], np.ones(1))
    told = explain_field(model, alone, reading_of(model, views, places, cosines))
    assert (told.against, told.log_odds, told.parts) == (None, None, ())


def test_log_odds_stay_finite_where_a_probability_is_zero():
    certain = Prediction("team", ("a", "b"), np.array([1.0, 0.0]))
    assert 600 < log_odds(certain, "a", "b") < 700


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.sampled_from(["temperature", "labels", "isotonic"]))
def test_what_calibration_moves_is_a_part_of_its_own(seed, labels, kind):
    model, views, places, cosines = made(seed, labels)
    given = {
        "temperature": Calibration("temperature", scale=0.5),
        "labels": Calibration("labels", offsets=np.linspace(-1, 1, labels)),
        "isotonic": Calibration("isotonic", stated=np.array([0.0, 1.0]), true=np.array([0.3, 0.7])),
    }
    calibrated = replace(model, calibration=given[kind])
    prediction = predicted(calibrated, views, places, cosines)
    told = explain_field(calibrated, prediction, reading_of(calibrated, views, places, cosines))
    assert sum(one.weight for one in told.parts) == pytest.approx(told.log_odds, abs=1e-9)
    assert {one.name for one in told.parts if one.kind == "rest"} <= {FLOORED}
    pool = predicted(model, views, places, cosines)
    moved = told.log_odds - log_odds(pool, told.label, told.against)
    parts = [one.weight for one in told.parts if one.kind == "calibration"]
    assert sum(parts) == pytest.approx(moved, abs=5e-3 * (1 + abs(told.log_odds)))


def test_calibration_and_what_another_field_says_are_told_apart():
    model, views, places, cosines = made(3, 4)
    calibrated = replace(model, calibration=Calibration("temperature", scale=0.5))
    own = predicted(calibrated, views, places, cosines)
    lifted = np.roll(own.probabilities, 1)
    reading = reading_of(calibrated, views, places, cosines)
    told = explain_field(calibrated, Prediction("team", model.labels, lifted), reading, ["category"])
    assert sum(one.weight for one in told.parts) == pytest.approx(told.log_odds, abs=1e-9)
    (rest,) = [one for one in told.parts if one.name == "what its category says"]
    assert rest.weight == pytest.approx(told.log_odds - log_odds(own, told.label, told.against), abs=1e-2)
    assert "calibration" in {one.kind for one in told.parts}
