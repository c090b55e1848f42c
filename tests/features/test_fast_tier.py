from dataclasses import replace

import numpy as np
import pytest

from features.fast_tier import FastModel
from features.model import TicketModel
from tests.trained import TARGETS, Trained
from triage.errors import ConfigurationError
from triage.ticket import Ticket


class Encoding:
    """An encoder that counts the texts that it reads."""

    def __init__(self, encoder) -> None:
        self._encoder = encoder
        self.dimension, self.fingerprint = encoder.dimension, encoder.fingerprint
        self.read: list[str] = []

    def encode(self, texts, **options):
        self.read += texts
        return self._encoder.encode(texts, **options)


@pytest.fixture
def model(trained: Trained, monkeypatch) -> TicketModel:
    found = trained.bundle.model
    monkeypatch.setattr(found, "encoder", Encoding(found.encoder))
    return found


@pytest.fixture
def tickets(trained: Trained) -> list[Ticket]:
    return [past.ticket for past in trained.later]


def tier_of(model: TicketModel, sure_from: float) -> FastModel:
    """Return the fast tier as if its fields were sure from another confidence."""
    tier = model.fast_tier
    fields = {name: replace(one, sure_from=sure_from) for name, one in tier.fields.items()}
    return FastModel(model, replace(tier, fields=fields))


def test_the_encoder_reads_exactly_the_tickets_that_are_not_sure(model, tickets):
    fast = tier_of(model, 0.6)
    sure = fast.sure_of(tickets)
    assert 0 < sure.sum() < len(tickets)
    assert not model.encoder.read
    fast.assess(tickets)
    assert len(model.encoder.read) == (~sure).sum()


def test_unsure_tickets_have_the_full_answer_and_sure_ones_their_own(model, tickets):
    fast = tier_of(model, 0.6)
    sure = fast.sure_of(tickets)
    full = model.assess(tickets)
    for row, (one, other) in enumerate(zip(fast.assess(tickets), full, strict=True)):
        same = all(
            (one.predictions[name].probabilities == other.predictions[name].probabilities).all()
            for name in TARGETS
        )
        assert same == (not sure[row])


def test_a_ticket_alone_is_answered_as_in_a_batch(model, tickets):
    fast = tier_of(model, 0.6)
    for ticket, together in zip(tickets, fast.assess(tickets), strict=True):
        (alone,) = fast.assess([ticket])
        for name in TARGETS:
            assert (alone.predictions[name].probabilities == together.predictions[name].probabilities).all()
        assert alone.familiar_to == together.familiar_to


def test_what_looks_strange_to_one_field_is_left_to_the_encoder(model, tickets):
    tier = model.fast_tier
    # As if every known ticket had had more to go by than any of these.
    wary = replace(tier.fields["team"], sure_from=0.0, known=np.full(200, 1e9))
    fast = FastModel(model, replace(tier, fields={**tier.fields, "team": wary}))
    assert not fast.sure_of(tickets).any()
    usual = replace(wary, known=np.full(200, -1e9))
    fields = {name: replace(one, sure_from=0.0, known=usual.known) for name, one in tier.fields.items()}
    assert FastModel(model, replace(tier, fields=fields)).sure_of(tickets).all()


def test_reasons_add_up_and_similar_tickets_are_found(model, tickets):
    for one in tier_of(model, 0.0).assess(tickets[:5], explain=True, similar=2):
        assert len(one.similar) == 2
        for told in one.explanations.values():
            assert sum(part.weight for part in told.parts) == pytest.approx(told.log_odds, abs=1e-6)


def test_a_bundle_gives_either_tier_and_refuses_what_it_has_not(trained, monkeypatch):
    assert trained.bundle.tier("full") is trained.bundle.model
    assert isinstance(trained.bundle.tier("fast"), FastModel)
    with pytest.raises(ConfigurationError, match="full, fast"):
        trained.bundle.tier("slow")
    monkeypatch.setattr(trained.bundle.model, "fast_tier", None)
    with pytest.raises(ConfigurationError, match="without a fast tier"):
        trained.bundle.tier("fast")


def test_promises_hold_for_the_answers_of_both_together(trained):
    told = trained.manifest.training["fast"]["fields"]
    assert set(told) == set(TARGETS) == set(trained.bundle.tier("fast").promises)
    for one in told.values():
        assert one["full"] - one["both"] <= 0.01 and 0.0 <= one["asked"] <= 1.0
        assert np.isfinite(one["calibration_error"])


def test_nobody_asks_for_nothing(model):
    assert tier_of(model, 0.0).assess([]) == []
