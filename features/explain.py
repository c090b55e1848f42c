"""Why a label and not another: a prediction taken apart into words, fields, meaning, votes and bias.

A field's blend is log-linear: ``log p(label) = sum_h w_h log p_h(label) - normaliser``. Between two labels
every normaliser cancels, so the log-odds of two labels are a plain sum over members: a linear head gives
``w_h (logit(label) - logit(against))``, itself a sum over features (what the pool's floor changes of it is a
part of its own), and the vote of similar past tickets
gives ``w_h`` times the difference of its logarithms. Nothing here is approximated; what a deletion would
change is measured by ``features.occlusion``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from features.cleaning import clean_text
from features.field_model import FieldModel
from features.neighbours import vote_shares
from features.shares import Shares
from features.views import Views
from triage.pooling import floored
from triage.prediction import Contribution, Explanation, Prediction, Vote, Voter
from triage.ticket import Ticket

__all__ = ["LISTED", "Reader", "Reading", "contrast", "explain_field", "log_odds"]

LISTED = 8
"""Words and fields listed one by one; the others are listed together."""

SLACK = 1e-3
"""Single-precision sums differ by their order; more than this share of the parts is a part of its own."""

FLOORED = "that no view rules a label out"
CALIBRATED = "how right such answers were"

LEAST_PROBABILITY = 1e-300
"""Keeps log-odds finite."""

Reader = tuple[str, Callable[[Ticket, "sp.csr_matrix"], Shares]]
"""Kind of contribution, and what names the parts of a ticket's row of a block."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One ticket as a model has read it.

    Parameters
    ----------
    ticket : Ticket
        Itself.
    views : dict of str to matrix
        Of one or more tickets.
    row : int
        Its row in them.
    readers : Mapping of str to Reader
        By block; a block without one is explained as a whole.
    places, cosines : ndarray of shape (k,)
        Its nearest past tickets, nearest first.
    past_ids : sequence of str
        Ids of the past tickets, by place.
    said : Mapping of str to Mapping of str to ndarray of shape (n_tickets, n_labels)
        What the members of each field's pool said: :meth:`features.field_model.FieldModel.said`.
    pooled : Mapping of str to ndarray of shape (n_tickets, n_labels)
        What that amounts to, calibrated: :meth:`features.field_model.FieldModel.pooled`.
    """

    ticket: Ticket
    views: Views
    row: int
    readers: Mapping[str, Reader]
    places: np.ndarray
    cosines: np.ndarray
    past_ids: Sequence[str]
    said: Mapping[str, Mapping[str, np.ndarray]]
    pooled: Mapping[str, np.ndarray]
    _rows: dict[str, "sp.csr_matrix | np.ndarray"] = field(default_factory=dict, init=False)
    _shares: dict[str, Shares] = field(default_factory=dict, init=False)

    @property
    def has_text(self) -> bool:
        """Whether there is text to read."""
        return bool(clean_text(self.ticket))

    def row_of(self, block: str) -> "sp.csr_matrix | np.ndarray | None":
        """Return the ticket's row of a block; None where the tickets have no such block."""
        if block not in self._rows and block in self.views:
            view = self.views[block]
            # Cutting the only row out of a sparse matrix costs more than reading it.
            is_whole = view.shape[0] == 1 and not isinstance(view, np.ndarray)
            self._rows[block] = view if is_whole else view[self.row]
        return self._rows.get(block)

    def shares(self, block: str, row: "sp.csr_matrix") -> Shares:
        """Return how a block's row is shared by named parts; read once for all fields."""
        if block not in self._shares:
            self._shares[block] = self.readers[block][1](self.ticket, row)
        return self._shares[block]


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
    named = [one for one in usual if one.kind in ("word", "field")]
    shortlist = _strongest(named)[:LISTED] + [one for one in usual if one.kind == "meaning"]
    if len(best) < 2:
        return Explanation(model.field, label, tuple(shortlist))
    against = best[1][0]
    total = log_odds(prediction, label, against)
    parts = contrast(model, reading, label, against)
    parts += _calibrated(model, reading, (label, against), sum(one.weight for one in parts))
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


def _of_blocks(
    model: FieldModel, reading: Reading, label: str, against: str | None = None
) -> list[Contribution]:
    others = None if against is None else [against]
    return [one for block in model.blocks for one in _of_block(model, reading, block, label, others)]


def _of_block(
    model: FieldModel, reading: Reading, block: str, label: str, others: Sequence[str] | None
) -> list[Contribution]:
    row = reading.row_of(block)
    if row is None:
        return []
    if isinstance(row, np.ndarray):
        score = float(np.asarray(row, float) @ model.direction(block, label, others))
        if block != "meaning":
            return [Contribution("other", block, score)]
        return [
            Contribution(
                "meaning", "the text as a whole" if reading.has_text else "that there is no text", score
            )
        ]
    # Of a vocabulary of thousands a ticket has a few dozen terms: only their coefficients are looked at.
    slopes = model.direction(block, label, others, row.indices)
    if block not in reading.readers:
        return [Contribution("other", block, float(row.data @ slopes))]
    shares = reading.shares(block, row)
    kind = reading.readers[block][0]
    shared = shares.of(row.data * slopes).tolist()
    return [Contribution(kind, name, weight) for name, weight in zip(shares.names, shared, strict=True)]


def _summing_to(total: float, parts: Sequence[Contribution], joined: Sequence[str]) -> list[Contribution]:
    """List the strongest words and fields, the others of their kind together, and what is left over."""
    merged: dict[tuple[str, str], float] = {}
    for one in parts:
        merged[one.kind, one.name] = merged.get((one.kind, one.name), 0.0) + one.weight
    whole = [Contribution(kind, name, weight) for (kind, name), weight in merged.items()]
    named = _strongest([one for one in whole if one.kind in ("word", "field")])
    wholes = [one for one in whole if one.kind not in ("word", "field", "bias")]
    listed = [one for one in named[:LISTED] if one.weight]
    for kind, together, name in (
        ("word", "other_words", "all other words"),
        ("field", "other_fields", "all other fields"),
    ):
        left = [one.weight for one in named[LISTED:] if one.kind == kind]
        if left:
            wholes.append(Contribution(together, name, float(sum(left))))
    found = listed + wholes
    bias = [one.weight for one in whole if one.kind == "bias"]
    missing = total - sum(one.weight for one in found) - sum(bias)
    size = 1 + sum(abs(one.weight) for one in found) + abs(sum(bias))
    is_noise = abs(missing) <= SLACK * size
    if bias:
        start = sum(bias) + (missing if is_noise else 0.0)
        found.append(Contribution("bias", "the model's starting point", start))
    if not is_noise or not bias:
        others = f"its {joined[0]} says" if len(joined) == 1 else "other fields say"
        found.append(Contribution("rest", f"what {others}", missing))
    return [one for one in found if one.kind != "rest" or abs(one.weight) > 1e-12]


def _strongest(parts: Sequence[Contribution]) -> list[Contribution]:
    return sorted(parts, key=lambda one: -abs(one.weight))


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
