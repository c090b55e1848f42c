from dataclasses import replace

import numpy as np
import pytest

from features.fast_tier import FastTier
from tests.trained import TARGETS, Trained
from training.card import render_card


@pytest.fixture(scope="module")
def tier(trained: Trained) -> FastTier:
    return trained.bundle.model.fast_tier


def test_every_field_is_learnt_again_with_the_same_labels_and_without_voters(trained, tier):
    full = trained.bundle.model.fields
    assert set(tier.fields) == set(TARGETS)
    for name, one in tier.fields.items():
        assert one.model.labels == full[name].labels
        assert "neighbours" not in one.model.weights and one.model.neighbour_classes is None


def test_heads_that_read_no_meaning_are_the_full_tiers_and_none_that_does_is(trained, tier):
    full = trained.bundle.model.fields
    both = [
        (head, full[field].heads[name])
        for field, one in tier.fields.items()
        for name, head in one.model.heads.items()
        if name in full[field].heads
    ]
    reads = {"meaning" in head.blocks for head, _ in both}
    assert reads == {True, False}
    for head, of_full in both:
        arrays = zip((*head.coefs, head.intercept), (*of_full.coefs, of_full.intercept), strict=True)
        same = all(np.array_equal(*pair) for pair in arrays)
        assert same == ("meaning" not in head.blocks)


def test_what_is_usual_is_sorted_and_a_hundredth_of_it_is_called_strange(tier):
    for one in tier.fields.values():
        assert (np.diff(one.known) >= 0).all()
        labels = len(one.model.labels)
        flat = np.full((1, labels), 1 / labels)
        sure = np.eye(labels)[:1] * 0.999 + 0.001 / labels
        assert one.p_values(flat)[0] < one.p_values(sure)[0] <= 1.0


def test_static_vectors_are_in_the_encoders_space(trained, tier):
    model = trained.bundle.model
    texts = [past.ticket.text for past in trained.later]
    static = tier.static.vectors(model.words.transform(texts))
    real = model.encoder.encode(texts)
    own = np.einsum("ij,ij->i", static, real)
    others = np.einsum("ij,ij->i", static, np.roll(real, 1, axis=0))
    assert own.mean() > others.mean() + 0.1


def test_the_card_says_what_the_fast_tier_costs_or_that_there_is_none(trained):
    page = render_card(replace(trained.manifest, cost={}))
    told = page[page.index('id="fast-tier"') :]
    for name in TARGETS:
        assert f"<td>{name}</td>" in told
    without = dict(trained.manifest.training) | {"fast": {"without": ["team"]}}
    assert "There is none: team had too few" in render_card(replace(trained.manifest, training=without))
