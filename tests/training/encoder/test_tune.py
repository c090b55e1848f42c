import numpy as np
import pytest

from triage.errors import ConfigurationError, TrainingError

pytestmark = pytest.mark.proof

pytest.importorskip("torch", reason="tuning needs the train extra")

TEXTS = [f"{word} {end}" for end in "abcdefgh" for word in ("printer jam", "vpn drops", "bad login")]
CLASSES = {"category": np.arange(24) % 3, "team": np.where(np.arange(24) % 4 == 3, -1, np.arange(24) % 2)}


@pytest.fixture
def tuned(tiny_model):
    from training.encoder.build import load_model
    from training.encoder.source import find_source
    from training.encoder.tune import Recipe, tune_model

    def run(classes=CLASSES, *, clock=None, seconds=None, **recipe):
        model = load_model(find_source(str(tiny_model)))
        settings = {"epochs": 4, "batch": 8, "threads": 1, "learning_rate": 1e-3, "frozen_layers": 0} | recipe
        extra = {"clock": clock} if clock else {}
        return model, tune_model(model, TEXTS, classes, Recipe(**settings), seconds=seconds, **extra)

    return run


def weights(model) -> np.ndarray:
    return np.concatenate([weight.detach().numpy().ravel() for weight in model.parameters()])


def separation(model) -> float:
    """Return how much nearer tickets of one label are than others, by mean cosine."""
    vectors = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    cosines, same = vectors @ vectors.T, CLASSES["category"][:, None] == CLASSES["category"]
    return float(cosines[same].mean() - cosines[~same].mean())


def test_tuning_pulls_tickets_of_a_label_together(tuned):
    only = {"category": CLASSES["category"]}
    before, _ = tuned(only, epochs=0.1, learning_rate=1e-9)
    after, facts = tuned(only, epochs=40)
    assert separation(after) > separation(before) + 0.1
    assert facts.epochs == 40 and not facts.ran_out and not after.training


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(tuned):
    one, again, other = tuned()[0], tuned()[0], tuned(seed=1)[0]
    np.testing.assert_array_equal(weights(one), weights(again))
    assert (weights(one) != weights(other)).any()


def test_products_in_half_precision_lead_to_nearly_the_same_weights(tuned):
    whole, half = (tuned(half=one)[0] for one in (False, True))
    vectors = [model.encode(TEXTS, normalize_embeddings=True) for model in (whole, half)]
    assert not np.array_equal(*vectors)
    assert (vectors[0] * vectors[1]).sum(axis=1).min() > 0.99


def test_a_run_that_time_cut_short_is_repeated_exactly_by_its_epochs(tuned):
    ticks = iter(range(1000))
    cut, facts = tuned(clock=lambda: float(next(ticks)), seconds=4.5)
    assert facts.ran_out and facts.epochs == 5 * 8 / 24
    repeated, full = tuned(epochs=facts.epochs)[0], tuned()[0]
    np.testing.assert_array_equal(weights(cut), weights(repeated))
    assert (weights(cut) != weights(full)).any()


def test_the_word_table_and_frozen_layers_stay_as_they_were(tuned, tiny_model):
    from training.encoder.build import load_model
    from training.encoder.source import find_source

    before = dict(load_model(find_source(str(tiny_model)))[0].auto_model.named_parameters())
    after = dict(tuned(frozen_layers=1)[0][0].auto_model.named_parameters())
    moved = {name for name, weight in after.items() if (weight != before[name]).any()}
    assert any(name.startswith("encoder.layer.1.") for name in moved)
    assert all(name.startswith("encoder.layer.1.") for name in moved)


def test_torch_is_left_with_the_threads_and_the_randomness_that_it_had(tuned):
    import torch

    threads, state = torch.get_num_threads(), torch.get_rng_state()
    tuned(epochs=1)
    assert torch.get_num_threads() == threads and torch.equal(torch.get_rng_state(), state)


def test_tickets_without_any_label_cannot_tune(tuned):
    with pytest.raises(TrainingError, match="no labelled ticket"):
        tuned({"category": np.full(24, -1)})


def test_no_epochs_are_refused(tuned):
    with pytest.raises(ConfigurationError, match="more than 0"):
        tuned(epochs=0)
