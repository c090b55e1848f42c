import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="tuning needs the train extra")

from training.encoder.losses import contrastive_loss, tuning_loss  # noqa: E402

SETTINGS = {"scale": 20.0, "smoothing": 0.0, "contrast": 0.5, "temperature": 0.07}


def unit(*rows):
    return torch.nn.functional.normalize(torch.tensor(rows, dtype=torch.float32), dim=1)


def test_contrast_is_small_where_tickets_of_a_label_lie_together_and_large_where_apart():
    vectors = unit([1, 0], [1, 0.1], [0, 1], [0.1, 1])
    together = contrastive_loss(vectors, torch.tensor([0, 0, 1, 1]), 0.07)
    apart = contrastive_loss(vectors, torch.tensor([0, 1, 0, 1]), 0.07)
    assert 0 < together < 0.01 < 5 < apart


def test_contrast_is_the_papers_formula():
    vectors, truth = unit([1, 0], [1, 1], [0, 1]), torch.tensor([0, 0, 0])
    s = (vectors @ vectors.T / 0.5).numpy().astype(float)
    terms = []
    for i in range(3):
        others = [j for j in range(3) if j != i]
        total = np.log(sum(np.exp(s[i, k]) for k in others))
        terms.append(np.mean([total - s[i, j] for j in others]))
    assert float(contrastive_loss(vectors, truth, 0.5)) == pytest.approx(np.mean(terms), rel=1e-5)


def test_labels_that_stand_alone_contrast_nothing():
    assert float(contrastive_loss(unit([1, 0], [0, 1]), torch.tensor([0, 1]), 0.07)) == 0


def test_tickets_without_a_label_of_a_field_have_no_say_in_it():
    softmax = torch.nn.ModuleDict({"category": torch.nn.Linear(2, 2)})
    vectors = unit([1, 0], [0, 1], [1, 1])
    some = tuning_loss(vectors, {"category": np.array([0, 1, -1])}, softmax, **SETTINGS)
    same = tuning_loss(vectors[:2], {"category": np.array([0, 1])}, softmax, **SETTINGS)
    assert some.item() == pytest.approx(same.item())
    assert tuning_loss(vectors, {"category": np.full(3, -1)}, softmax, **SETTINGS).item() == 0
