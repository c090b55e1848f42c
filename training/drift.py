"""How far tickets are from those that a model learnt from, measure by measure, each with its null band.

No value is given without what chance alone would make of the same tickets (``triage.stability``). Changes
nothing and raises no alarm.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.slices import holm
from triage.stability import DIGITS, bin_counts, deal_again, stability_index

__all__ = ["Later", "measure_drift"]

DEALS = 999
"""Times that vectors are dealt out again; the smallest p-value is then 0.001."""

MOVERS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Later:
    """The later tickets, as the numbers that are compared.

    Parameters
    ----------
    values : Mapping of str to sequence of str
        By circumstance (channel, language, product): a value a ticket.
    labels : Mapping of str to sequence of str
        By field: today's label of each ticket that has one.
    numbers : Mapping of str to ndarray
        ``unknown_words``, ``length`` and ``familiarity``, one a ticket.
    confidence : Mapping of str to ndarray
        By field.
    right : Mapping of str to tuple of int
        By field: how many held-out tickets of training time were right and wrong, then how many of these.
    meaning : tuple of ndarray, optional
        Vectors of tickets learnt from, and of these: shapes (m, dimension) and (n, dimension).
    """

    values: Mapping[str, Sequence[str]]
    labels: Mapping[str, Sequence[str]]
    numbers: Mapping[str, np.ndarray]
    confidence: Mapping[str, np.ndarray]
    right: Mapping[str, tuple[int, int, int, int]]
    meaning: tuple[np.ndarray, np.ndarray] | None = None


def measure_drift(
    reference: Mapping[str, Any], later: Later, *, random_state: int = 0
) -> list[dict[str, Any]]:
    """Compare later tickets with a reference.

    Parameters
    ----------
    reference : Mapping
        Of :func:`training.reference.make_reference`.
    later : Later
        The tickets compared.
    random_state : int, default=0
        Of the null bands.

    Returns
    -------
    list of dict
        ``measure, field`` (None: of the tickets as a whole), ``then, now`` (means or shares; None for a mix
        of values), ``value`` (population stability index; for ``meaning`` the distance of the mean vectors),
        ``null_95`` (95 % of windows without drift stay under), ``excess`` (how far it is over), ``p_value``,
        ``moved`` (more than chance, all measures taken together, Holm 1979) and ``most``: values whose share
        changed most. Measures that cannot be taken are left out.
    """
    random = np.random.default_rng(random_state)
    found = []
    for field, (hits, misses, hits_now, misses_now) in later.right.items():
        if hits + misses and hits_now + misses_now:
            then, now = np.array([hits, misses]), np.array([hits_now, misses_now])
            means = (hits / (hits + misses), hits_now / (hits_now + misses_now))
            found.append(_compare("accuracy", field, then, now, random, means=means))
    for field, numbers in later.confidence.items():
        if field in reference["confidence"] and len(numbers):
            found += _numbers("confidence", field, reference["confidence"][field], numbers, random)
    for field, labels in later.labels.items():
        if field in reference["labels"] and labels:
            found += _mix("labels", field, reference["labels"][field], labels, random)
    for name, values in later.values.items():
        if name in reference["values"] and values:
            found += _mix(name, None, reference["values"][name], values, random)
    for name, numbers in later.numbers.items():
        if name in reference["numbers"] and len(numbers):
            found += _numbers(name, None, reference["numbers"][name], numbers, random)
    if later.meaning is not None and all(len(one) for one in later.meaning):
        found.append(_meaning(*later.meaning, random))
    marked = holm([one["p_value"] for one in found])
    return [one | {"moved": moved} for one, moved in zip(found, marked, strict=True)]


def _mix(
    measure: str, field: str | None, then: Mapping[str, Any], values: Sequence[str], random: Any
) -> list[dict[str, Any]]:
    """Compare shares of values; a mix of one value, then and now, has nothing to say."""
    names = list(then["counts"])
    place = {name: column for column, name in enumerate(names)}
    now = np.bincount([place.get(value, len(names)) for value in values], minlength=len(names) + 1)
    before = np.array([*then["counts"].values(), then["others"]])
    if ((before + now) > 0).sum() < 2:
        return []
    shares = np.stack([before / before.sum(), now / now.sum()])
    order = np.argsort(-abs(shares[1] - shares[0]), kind="stable")[:MOVERS]
    most = [
        {
            "value": names[one] if one < len(names) else None,
            "then": round(float(shares[0, one]), DIGITS),
            "now": round(float(shares[1, one]), DIGITS),
        }
        for one in order
        if shares[0, one] != shares[1, one]
    ]
    return [_compare(measure, field, before, now, random, most=most)]


def _numbers(
    measure: str, field: str | None, then: Mapping[str, Any], values: np.ndarray, random: Any
) -> list[dict[str, Any]]:
    before, now = np.array(then["counts"]), bin_counts(values, then["edges"])
    if ((before + now) > 0).sum() < 2:
        return []
    means = (then["mean"], float(np.mean(values)))
    return [_compare(measure, field, before, now, random, means=means)]


def _compare(
    measure: str,
    field: str | None,
    then: np.ndarray,
    now: np.ndarray,
    random: Any,
    *,
    means: tuple[float, float] | None = None,
    most: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Return the index of two counts over the same values, and what dealing the tickets out again gives."""
    null = deal_again(then, now, random)
    return _entry(measure, field, float(stability_index(then, now)), null, means, most)


def _meaning(then: np.ndarray, now: np.ndarray, random: Any) -> dict[str, Any]:
    """Compare mean vectors: the maximum mean discrepancy of a linear kernel (Gretton et al. 2012)."""
    everything = np.concatenate([then, now]).astype(float)
    n, total = len(now), everything.sum(axis=0)

    def distance(sums: np.ndarray) -> np.ndarray:
        return np.asarray(np.linalg.norm(sums / n - (total - sums) / len(then), axis=-1))

    dealt = np.zeros((DEALS, len(everything)))
    for row in dealt:
        row[random.permutation(len(everything))[:n]] = 1
    value = float(distance(everything[len(then) :].sum(axis=0)))
    return _entry("meaning", None, value, distance(dealt @ everything), None, ())


def _entry(
    measure: str,
    field: str | None,
    value: float,
    null: np.ndarray,
    means: tuple[float, float] | None,
    most: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    null_95 = float(np.quantile(null, 0.95))
    return {
        "measure": measure,
        "field": field,
        "then": None if means is None else round(float(means[0]), DIGITS),
        "now": None if means is None else round(float(means[1]), DIGITS),
        "value": round(value, DIGITS),
        "null_95": round(null_95, DIGITS),
        "excess": round(max(0.0, value - null_95), DIGITS),
        "p_value": round(float((1 + (null >= value - 1e-12).sum()) / (1 + len(null))), DIGITS),
        "most": list(most),
    }
