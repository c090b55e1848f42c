"""Limited-memory BFGS in single precision, for smooth convex objectives with millions of parameters.

SciPy's L-BFGS-B keeps bounds and double precision, which cost more here than the objective itself
(docs/log.md). Nocedal and Wright 2006, *Numerical Optimization*, algorithm 7.5, with backtracking.
"""

from collections.abc import Callable

import numpy as np

__all__ = ["minimise"]

MEMORY = 8
ARMIJO = 1e-4
SHRINK = 0.5
BACKTRACKS = 20
PATIENCE = 2
"""Small gains in a row that end the search: one may be a badly scaled step."""

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


def minimise(objective: Objective, start: np.ndarray, *, max_iter: int, tol: float) -> np.ndarray:
    """Return parameters near the minimum of a smooth convex function.

    Parameters
    ----------
    objective : callable
        From float32 parameters to the value and its float32 gradient.
    start : ndarray of shape (n_parameters,), float32
        Left as it is.
    max_iter : int
        At most so many steps.
    tol : float
        Stops when steps lower the value by less than this share of it.

    Returns
    -------
    ndarray of shape (n_parameters,), float32
    """
    point = start.copy()
    value, gradient = objective(point)
    steps = np.empty((MEMORY, len(point)), np.float32)
    changes = np.empty((MEMORY, len(point)), np.float32)
    curvatures = np.zeros(MEMORY)
    order: list[int] = []
    idle = 0
    for _ in range(max_iter):
        direction = -_multiply(gradient, steps, changes, curvatures, order)
        slope = float(gradient @ direction)
        if slope >= 0:
            break
        length = 1.0 if order else 1.0 / float(np.linalg.norm(gradient))
        for _ in range(BACKTRACKS):
            trial = point + np.float32(length) * direction
            trial_value, trial_gradient = objective(trial)
            if trial_value <= value + ARMIJO * length * slope:
                break
            length *= SHRINK
        else:
            break
        slot = order.pop(0) if len(order) == MEMORY else next(s for s in range(MEMORY) if s not in order)
        np.subtract(trial, point, out=steps[slot])
        np.subtract(trial_gradient, gradient, out=changes[slot])
        curvatures[slot] = float(steps[slot] @ changes[slot])
        if curvatures[slot] > 0:
            order.append(slot)
        gain = value - trial_value
        point, value, gradient = trial, trial_value, trial_gradient
        idle = idle + 1 if gain < tol * abs(value) else 0
        if idle == PATIENCE:
            break
    return point


def _multiply(
    gradient: np.ndarray,
    steps: np.ndarray,
    changes: np.ndarray,
    curvatures: np.ndarray,
    order: list[int],
) -> np.ndarray:
    """Return the inverse Hessian's estimate times the gradient (the two-loop recursion)."""
    result = gradient.copy()
    if not order:
        return result
    alphas = {}
    for slot in reversed(order):
        alphas[slot] = float(steps[slot] @ result) / curvatures[slot]
        result -= np.float32(alphas[slot]) * changes[slot]
    newest = order[-1]
    result *= np.float32(curvatures[newest] / float(changes[newest] @ changes[newest]))
    for slot in order:
        beta = float(changes[slot] @ result) / curvatures[slot]
        result += np.float32(alphas[slot] - beta) * steps[slot]
    return result
