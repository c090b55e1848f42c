import numpy as np
import pytest

from training.own_peers import own_peers, score_peers

TRUTH = np.array([0, 0, 1, 1, 1, 2])


def sure_of(columns: list[int]) -> np.ndarray:
    return np.log(np.eye(3)[columns] * 0.97 + 0.01)


def test_each_pipeline_is_judged_on_the_same_tickets_as_the_field():
    words, meaning = sure_of([0, 0, 1, 1, 2, 2]), sure_of([0, 1, 1, 1, 1, 0])
    found = own_peers(
        score_peers({"words": words, "meaning": meaning, "neighbours": words}, TRUTH), np.eye(3)[TRUTH], TRUTH
    )
    assert set(found) == {"majority", "words alone", "meaning alone", "mean of two"}
    assert found["majority"] == {"accuracy": 0.5}
    assert found["words alone"]["accuracy"] == pytest.approx(5 / 6, abs=1e-6)
    assert found["meaning alone"]["accuracy"] == pytest.approx(4 / 6, abs=1e-6)
    assert found["words alone"]["accuracy_difference"] == pytest.approx(1 / 6, abs=1e-6)
    assert found["words alone"]["accuracy_difference_low"] <= 1 / 6 <= 0.5


def test_a_history_without_text_has_form_fields_beside_it():
    found = own_peers(score_peers({"fields": sure_of([0, 0, 1, 1, 1, 2])}, TRUTH), np.eye(3)[TRUTH], TRUTH)
    assert set(found) == {"majority", "form fields alone"}
    assert found["form fields alone"]["accuracy_difference"] == 0.0
