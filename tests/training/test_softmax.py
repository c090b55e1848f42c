import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from training.softmax import COLUMNS, fit_softmax


def problem(n: int = 300, seed: int = 0) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    sparse = sp.random(n, 40, 0.2, format="csr", dtype=np.float32, random_state=seed)
    dense = rng.normal(size=(n, 5)).astype(np.float32)
    logits = sparse @ rng.normal(size=(40, 3)) + dense @ rng.normal(size=(5, 3))
    return sparse, dense, logits.argmax(axis=1)


def test_the_optimum_is_that_of_scikit_learns_logistic_regression():
    sparse, dense, classes = problem()
    coefs, intercept = fit_softmax([sparse, dense], classes, 3, inverse_penalty=2.0, max_iter=500, tol=1e-9)
    theirs = LogisticRegression(C=2.0, max_iter=5_000, tol=1e-8).fit(sp.hstack([sparse, dense]), classes)
    ours = np.vstack(coefs).T
    np.testing.assert_allclose(ours, theirs.coef_, atol=0.02)
    # An intercept for all classes alike changes no probability.
    np.testing.assert_allclose(
        intercept - intercept.mean(), theirs.intercept_ - theirs.intercept_.mean(), atol=0.02
    )


def test_starting_from_a_neighbour_leads_to_the_same_place():
    sparse, dense, classes = problem(seed=1)
    near = fit_softmax([sparse, dense], classes, 3, inverse_penalty=1.0)
    warm, _ = fit_softmax(
        [sparse, dense], classes, 3, inverse_penalty=3.0, start=near, max_iter=500, tol=1e-9
    )
    cold, _ = fit_softmax([sparse, dense], classes, 3, inverse_penalty=3.0, max_iter=500, tol=1e-9)
    for one, other in zip(warm, cold, strict=True):
        np.testing.assert_allclose(one, other, atol=0.02)


def test_a_class_without_a_ticket_is_the_unlikeliest():
    sparse, dense, classes = problem(seed=2)
    coefs, intercept = fit_softmax([sparse, dense], classes, 4)
    logits = sparse @ coefs[0] + dense @ coefs[1] + intercept
    assert (logits.argmax(axis=1) != 3).all() and intercept.argmin() == 3


def test_a_ticket_of_double_weight_counts_as_two():
    _, dense, classes = problem(n=80, seed=3)
    twice = np.r_[np.arange(80), np.arange(10)]
    weight = np.ones(80)
    weight[:10] = 2
    heavy, _ = fit_softmax([dense], classes, 3, sample_weight=weight, max_iter=500, tol=1e-9)
    doubled, _ = fit_softmax([dense[twice]], classes[twice], 3, max_iter=500, tol=1e-9)
    np.testing.assert_allclose(heavy[0], doubled[0], atol=0.02)


def test_columns_taken_a_few_at_a_time_change_no_bit(monkeypatch):
    random = np.random.default_rng(3)
    sparse = sp.random(400, 60, 0.2, format="csr", dtype=np.float32, random_state=3)
    classes = random.integers(0, 2 * COLUMNS + 5, 400)
    apart = fit_softmax([sparse], classes, 2 * COLUMNS + 5)
    monkeypatch.setattr("training.softmax.COLUMNS", 10**6)
    together = fit_softmax([sparse], classes, 2 * COLUMNS + 5)
    np.testing.assert_array_equal(apart[0][0], together[0][0])
    np.testing.assert_array_equal(apart[1], together[1])
