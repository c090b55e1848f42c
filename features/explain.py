"""Why a label and not another: a prediction taken apart into words, fields, meaning, votes and bias.

A field's blend is log-linear: ``log p(label) = sum_h w_h log p_h(label) - normaliser``. Between two labels
every normaliser cancels, so the log-odds of two labels are a plain sum over members: a linear head gives
``w_h (logit(label) - logit(against))``, itself a sum over features (what the pool's floor changes of it is a
part of its own), and the vote of similar past tickets
gives ``w_h`` times the difference of its logarithms. Nothing here is approximated; what a deletion would
change is measured by ``features.occlusion``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from features.field_model import FieldModel
from features.neighbours import vote_shares
from features.ticket_reading import Reading
from triage.pooling import floored
from triage.prediction import Contribution, Explanation, Prediction, Vote, Voter

__all__ = ["LISTED", "contrast", "explain_field", "log_odds"]

LISTED = 8
"""Words and fields listed one by one; the others are listed together."""

SLACK = 1e-3
"""Single-precision sums differ by their order; more than this share of the parts is a part of its own."""

FLOORED = "that no view rules a label out"
CALIBRATED = "how right such answers were"

LEAST_PROBABILITY = 1e-300
"""Keeps log-odds finite."""


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """What a block's words or fields say, one by one; a ticket has many, of which few are told."""

    kind: str
    names: Sequence[str]
    weights: np.ndarray

    def told(self) -> list[Contribution]:
        """Return them in words."""
        named = zip(self.names, self.weights.tolist(), strict=True)
        return [Contribution(self.kind, name, weight) for name, weight in named]


_Part = _Named | Contribution


def explain_field(
    model: FieldModel, prediction: Prediction, reading: Reading, joined: Sequence[str] = ()
) -> Explanation:
    """Explain a field's likeliest label: against the average label, and exactly against the runner-up.

    Parameters
    ----------
    model : FieldModel
        What predicted.
    prediction : Prediction
        Its prediction for the ticket.
    reading : Reading
        Of the ticket.
    joined : sequence of str, optional
        Fields whose models had a say in the prediction beside the field's own.

    Returns
    -------
    Explanation
        Its ``parts`` add up to its ``log_odds``.
    """
    best = prediction.top(2)
    label = best[0][0]
    usual = _of_blocks(model, reading, label)
    meant = [one for one in usual if isinstance(one, Contribution) and one.kind == "meaning"]
    shortlist = _strongest(usual)[0] + meant
    if len(best) < 2:
        return Explanation(model.field, label, tuple(shortlist))
    against = best[1][0]
    total = log_odds(prediction, label, against)
    parts = _contrast(model, reading, label, against)
    parts += _calibrated(model, reading, (label, against), _sum(parts))
    votes, voters = _votes(model, reading, (label, against))
    return Explanation(
        field=model.field,
        label=label,
        contributions=tuple(shortlist),
        against=against,
        log_odds=total,
        parts=tuple(_summing_to(total, parts, joined)),
        votes=votes,
        voters=voters,
    )


def contrast(
    model: FieldModel, reading: Reading, label: str, against: str | None = None
) -> list[Contribution]:
    """Take apart how a label stands against another, or how the linear heads see it against the average.

    Parameters
    ----------
    model : FieldModel
        What predicts.
    reading : Reading
        Of the ticket.
    label : str
        One of the model's labels.
    against : str, optional
        Another; by default the mean of all labels' logits, for which the vote is left out.

    Returns
    -------
    list of Contribution
        In the order of blocks; those of the linear heads add up to the difference of their weighted logits,
        those of a contrast of two labels to their log-odds.
    """
    parts = _contrast(model, reading, label, against)
    return [one for part in parts for one in (part.told() if isinstance(part, _Named) else [part])]


def _contrast(model: FieldModel, reading: Reading, label: str, against: str | None) -> list[_Part]:
    found = _of_blocks(model, reading, label, against)
    column = model.labels.index(label)
    if "neighbours" in model.weights and against is not None:
        log_votes = reading.said[model.field]["neighbours"][reading.row]
        apart = float(log_votes[column] - log_votes[model.labels.index(against)])
        name = "similar past tickets" if reading.has_text else "the vote of past tickets"
        found.append(Contribution("neighbours", name, model.weights["neighbours"] * apart))
    starts = model.starts
    if starts:
        other = None if against is None else model.labels.index(against)
        bias = sum(
            weight * (float(one[column]) - float(one.mean() if other is None else one[other]))
            for one, weight in starts
        )
        found.append(Contribution("bias", "the model's starting point", bias))
        if against is not None:
            both = [column, model.labels.index(against)]
            lifted = sum(
                model.weights[name] * _lifted_by_floor(reading.said[model.field][name][reading.row, both])
                for name in model.heads
                if name in model.weights
            )
            if lifted:
                found.append(Contribution("rest", FLOORED, lifted))
    return found


def log_odds(prediction: Prediction, label: str, against: str) -> float:
    """Return ``log p(label) - log p(against)``, in nats."""
    places = [prediction.labels.index(label), prediction.labels.index(against)]
    logs = np.log(np.maximum(prediction.probabilities[places], LEAST_PROBABILITY))
    return float(logs[0] - logs[1])


def _calibrated(
    model: FieldModel, reading: Reading, labels: tuple[str, str], pooled: float
) -> list[Contribution]:
    """Return by how much calibration moves the log-odds of one label to another; empty where it does not."""
    if model.calibration is None:
        return []
    calibrated = Prediction(model.field, model.labels, reading.pooled[model.field][reading.row])
    moved = log_odds(calibrated, *labels) - pooled
    return [Contribution("calibration", CALIBRATED, moved)] if abs(moved) > SLACK * (1 + abs(pooled)) else []


def _lifted_by_floor(said: np.ndarray) -> float:
    """Return by how much the pool's floor moves a head's log-odds of one label to another."""
    label, against = floored(said) - said
    return float(label - against)


def _of_blocks(model: FieldModel, reading: Reading, label: str, against: str | None = None) -> list[_Part]:
    others = None if against is None else [against]
    found = (_of_block(model, reading, block, label, others) for block in model.blocks)
    return [one for one in found if one is not None]


def _of_block(
    model: FieldModel, reading: Reading, block: str, label: str, others: Sequence[str] | None
) -> _Part | None:
    row = reading.row_of(block)
    if row is None:
        return None
    if isinstance(row, np.ndarray):
        score = float(np.asarray(row, float) @ model.direction(block, label, others))
        if block != "meaning":
            return Contribution("other", block, score)
        name = "the text as a whole" if reading.has_text else "that there is no text"
        return Contribution("meaning", name, score)
    # Of a vocabulary of thousands a ticket has a few dozen terms: only their coefficients are looked at.
    slopes = model.direction(block, label, others, row.indices)
    if block not in reading.readers:
        return Contribution("other", block, float(row.data @ slopes))
    shares = reading.shares(block, row)
    return _Named(reading.readers[block][0], shares.names, shares.of(row.data * slopes))


def _sum(parts: Sequence[_Part]) -> float:
    return float(sum(one.weights.sum() if isinstance(one, _Named) else one.weight for one in parts))


def _summing_to(total: float, parts: Sequence[_Part], joined: Sequence[str]) -> list[Contribution]:
    """List the strongest words and fields, the others of their kind together, and what is left over."""
    merged: dict[tuple[str, str], float] = {}
    for one in parts:
        if isinstance(one, Contribution):
            merged[one.kind, one.name] = merged.get((one.kind, one.name), 0.0) + one.weight
    whole = [Contribution(kind, name, weight) for (kind, name), weight in merged.items()]
    strongest, others = _strongest(parts)
    found = [one for one in strongest if one.weight]
    found += [one for one in whole if one.kind != "bias"]
    for kind, together, name in (
        ("word", "other_words", "all other words"),
        ("field", "other_fields", "all other fields"),
    ):
        if kind in others:
            found.append(Contribution(together, name, others[kind]))
    bias = [one.weight for one in whole if one.kind == "bias"]
    missing = total - sum(one.weight for one in found) - sum(bias)
    size = 1 + sum(abs(one.weight) for one in found) + abs(sum(bias))
    is_noise = abs(missing) <= SLACK * size
    if bias:
        start = sum(bias) + (missing if is_noise else 0.0)
        found.append(Contribution("bias", "the model's starting point", start))
    if not is_noise or not bias:
        told = f"its {joined[0]} says" if len(joined) == 1 else "other fields say"
        found.append(Contribution("rest", f"what {told}", missing))
    return [one for one in found if one.kind != "rest" or abs(one.weight) > 1e-12]


def _strongest(parts: Sequence[_Part]) -> tuple[list[Contribution], dict[str, float]]:
    """Return the words and fields that say most, strongest first, and what others say together, by kind."""
    named = [one for one in parts if isinstance(one, _Named)]
    if not named:
        return [], {}
    weights = np.concatenate([one.weights for one in named])
    names = [name for one in named for name in one.names]
    owner = np.repeat(np.arange(len(named)), [len(one.weights) for one in named])
    order = np.argsort(-np.abs(weights), kind="stable")
    listed, left = order[:LISTED], order[LISTED:]
    strongest = [Contribution(named[owner[at]].kind, names[at], float(weights[at])) for at in listed]
    sums = np.bincount(owner[left], weights[left], len(named))
    return strongest, {named[at].kind: float(sums[at]) for at in np.unique(owner[left])}


def _voting(model: FieldModel, reading: Reading) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return model.voters(reading.places[None], reading.cosines[None])


def _votes(model: FieldModel, reading: Reading, labels: Sequence[str]) -> tuple[tuple[Vote, ...], int]:
    """Return who voted for each of some labels, and how many past tickets voted in all."""
    if "neighbours" not in model.weights or not reading.has_text or not len(reading.places):
        return (), 0
    places, cosines, classes = _voting(model, reading)
    shares = vote_shares(cosines, classes, len(model.labels))[0]
    votes = []
    for label in labels:
        column = model.labels.index(label)
        voters = [
            Voter(reading.past_ids[places[0, at]], float(cosines[0, at]), float(shares[at]))
            for at in np.flatnonzero(classes[0] == column)
        ]
        votes.append(Vote(label, tuple(voters)))
    return tuple(votes), int((classes >= 0).sum())
