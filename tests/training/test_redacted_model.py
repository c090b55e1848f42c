"""What a model sees when it decides is what it saw when it learnt: redacted, or as it was sent."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.fast_tier import FastModel
from tests.trained import KEY, Trained
from training.config import TrainingConfig
from training.train import train_bundle
from triage.agent import Agent
from triage.bundle import Bundle
from triage.ticket import PastTicket

SECRET = "Ask Eve Park, eve.park@example.org, card 4111 1111 1111 1111, password: hunter22!"


@pytest.fixture(scope="module")
def redacted(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A small model that learnt from tickets with secrets in them."""
    folder: Path = tmp_path_factory.mktemp("redacted")
    history = [_with_secret(one) for one in trained.history[:160]]
    config = TrainingConfig(targets=("category",), target_precision=0.6, redact=True)
    agents = [Agent("Eve Park"), Agent("Bob Stone")]
    train_bundle(history, config=config, out=folder / "m", key=KEY, agents=agents, cache=folder / "cache")
    return Bundle.load(folder / "m", KEY)


def _with_secret(past: PastTicket) -> PastTicket:
    return replace(past, ticket=replace(past.ticket, body=f"{past.ticket.body}\n{SECRET}"))


def test_a_ticket_is_decided_as_its_redacted_text_would_be(redacted: Bundle, trained: Trained):
    model = redacted.model
    raw = [_with_secret(one).ticket for one in trained.later[:8]]
    raw += [replace(one, product=None, channel=None, organization=None, requester=None) for one in raw[:4]]
    clean = [model.redaction.ticket(one) for one in raw]
    assert all("[card]" in one.body and "Eve" not in one.body for one in clean)
    for part in (model, FastModel(model, model.fast_tier)):
        for one, other in zip(part.assess(raw, explain=True), part.assess(clean, explain=True), strict=True):
            for name, prediction in one.predictions.items():
                np.testing.assert_array_equal(prediction.probabilities, other.predictions[name].probabilities)
            assert one.explanations == other.explanations


def test_what_it_saw_of_its_own_tickets_is_what_it_sees_of_them_now(redacted: Bundle, trained: Trained):
    model = redacted.model
    past = trained.history[7]
    (seen,) = model.assess([replace(_with_secret(past).ticket, ticket_id="")], similar=1)
    assert seen.similar[0].similarity == pytest.approx(1.0, abs=1e-5)


def test_secrets_make_no_words_and_a_model_that_learnt_without_redaction_sees_texts_as_they_are(
    redacted: Bundle, trained: Trained
):
    words = redacted.model.words
    assert words.transform(["hunter22!"]).nnz <= words.transform(["nothing known zzxq"]).nnz + 2
    assert redacted.manifest.training["config"]["redact"] is True
    assert trained.bundle.model.redaction is None
