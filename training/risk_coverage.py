"""How often the surest answers are right, for rising shares of tickets answered. Chooses no threshold."""

import numpy as np

__all__ = ["area_under_risk", "least_area", "risk_coverage"]

CURVE_POINTS = 50


def risk_coverage(confidence: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """Return the precision of the surest tickets for rising shares of them; equals stay together.

    Parameters
    ----------
    confidence : ndarray of shape (n,)
        Of each ticket's likeliest label.
    right : ndarray of shape (n,), bool
        Whether it was the true one.

    Returns
    -------
    list of dict
        ``coverage`` and ``precision``, at most 50 points; the last has coverage 1.
    """
    order, ends, precision = _ends(confidence, right)
    wanted = np.ceil(np.linspace(0, len(order), CURVE_POINTS + 1)[1:]).astype(int) - 1
    places = np.unique(ends[np.searchsorted(ends, wanted)])
    return [
        {"coverage": float((place + 1) / len(order)), "precision": float(precision[place])}
        for place in places
    ]


def area_under_risk(confidence: np.ndarray, right: np.ndarray) -> float:
    """Return the area under the risk-coverage curve (AURC): the share wrong, averaged over all coverages.

    Geifman and El-Yaniv 2017, *Selective Classification for Deep Neural Networks*. 0 is best; an order by
    chance gives the error rate. Tickets of one confidence can only be answered together: each counts with
    the risk of its whole group, so that their order makes no difference.
    """
    order, ends, precision = _ends(confidence, right)
    group_end = ends[np.searchsorted(ends, np.arange(len(order)))]
    return float((1.0 - precision[group_end]).mean())


def least_area(right: np.ndarray) -> float:
    """Return the area that the same answers would have if all right ones came before all wrong ones."""
    best_first = np.sort(right)[::-1]
    return float((1.0 - np.cumsum(best_first) / np.arange(1, len(right) + 1)).mean())


def _ends(confidence: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the order from sure to unsure, where a group of equals ends, and the precision up to each."""
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    return order, np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True)), precision
