"""Judges a bundle on labelled tickets: what it would have decided, against what people decided in the end.

Decides by the engine, as in service, with nothing held back by a policy. Every number is a JSON type, so
that the same document goes to the page, the file and the terminal.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from training.metrics import held_out_metrics
from training.slices import measure_slices, slice_values
from triage.bundle import Bundle
from triage.decision import Action
from triage.engine import triage_tickets
from triage.errors import InputError
from triage.policy import Policy
from triage.ticket import PastTicket

__all__ = ["evaluate_bundle"]

BATCH = 256
PAIRS = 20
"""Confused pairs named."""

UNSEEN = 20
EXAMPLES = 5

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """One field's tickets that have a label: rows of the table, today's labels, what was said and done."""

    rows: list[int]
    truth: list[str]
    labels: tuple[str, ...]
    classes: np.ndarray
    probabilities: np.ndarray
    actions: list[str]
    reasons: list[str | None]


def evaluate_bundle(
    bundle: Bundle, tickets: Sequence[PastTicket], *, progress: Progress = lambda share: None
) -> dict[str, Any]:
    """Decide labelled tickets and measure the decisions.

    Parameters
    ----------
    bundle : Bundle
        Loaded.
    tickets : sequence of PastTicket
        Later than those that the bundle learnt from, if the figures are to say what service will bring.
    progress : callable, optional
        Told the share done.

    Returns
    -------
    dict
        ``version, tickets, first, last, within_training`` (tickets filed before the training history ended:
        the model may have learnt from them) and ``fields``; by field ``metrics`` (of
        :func:`training.metrics.held_out_metrics`, with what was really applied), ``trained`` (the same on
        held-out tickets of training time), ``target_precision``, ``actions``, ``reasons``, ``unseen`` (labels
        the model does not know), ``confusions`` and ``slices``.

    Raises
    ------
    InputError
        If no ticket has a label of any field that the bundle knows.
    """
    promises = bundle.model.promises
    judged = _judge(bundle, tickets, progress)
    if not judged:
        raise InputError(
            f"Got {len(tickets):,} tickets without a label of {', '.join(promises)}; expected the final "
            "values beside the texts. `triage score` decides tickets that have none."
        )
    times = [past.ticket.created_at for past in tickets if past.ticket.created_at is not None]
    last = bundle.manifest.training.get("last")
    slices = [slice_values(past) for past in tickets]
    return {
        "version": bundle.version,
        "tickets": len(tickets),
        "first": min(times).isoformat() if times else None,
        "last": max(times).isoformat() if times else None,
        "within_training": sum(time <= datetime.fromisoformat(last) for time in times) if last else 0,
        "fields": {name: _measure(bundle, name, one, tickets, slices) for name, one in judged.items()},
    }


def _judge(bundle: Bundle, tickets: Sequence[PastTicket], progress: Progress) -> dict[str, _Judged]:
    """Decide all tickets batch by batch, keeping what was said about fields whose value is known."""
    parts: dict[str, list[tuple[int, str, np.ndarray, str, str | None]]] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for row, past, decision in _decided(bundle, tickets, progress):
        assessment = decision.assessment
        if assessment is None:
            continue
        for name, label in past.labels.items():
            if name not in decision.fields:
                continue
            prediction = assessment.predictions[name]
            labels[name] = prediction.labels
            said = decision.fields[name]
            truth = bundle.manifest.taxonomy.current(name, label)
            # Half the memory; what was applied is already decided on the full numbers.
            chances = prediction.probabilities.astype(np.float32)
            parts.setdefault(name, []).append((row, truth, chances, said.action.value, said.reason))
    judged = {}
    for name in (one for one in bundle.model.promises if one in parts):
        rows, truth, chances, actions, reasons = zip(*parts.pop(name), strict=True)
        place = {label: column for column, label in enumerate(labels[name])}
        classes = np.array([place.get(label, -1) for label in truth])
        judged[name] = _Judged(
            list(rows), list(truth), labels[name], classes, np.stack(chances), list(actions), list(reasons)
        )
    return judged


def _decided(bundle: Bundle, tickets: Sequence[PastTicket], progress: Progress) -> Iterator[Any]:
    for at in range(0, len(tickets), BATCH):
        batch = tickets[at : at + BATCH]
        decisions = triage_tickets([past.ticket for past in batch], bundle.model, bundle.version, Policy())
        yield from zip(range(at, at + len(batch)), batch, decisions, strict=True)
        progress((at + len(batch)) / len(tickets))


def _measure(
    bundle: Bundle,
    name: str,
    judged: _Judged,
    tickets: Sequence[PastTicket],
    slices: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    promise = bundle.model.promises[name]
    labels = judged.labels
    applied = np.array([action == Action.APPLY.value for action in judged.actions])
    right = judged.probabilities.argmax(axis=1) == judged.classes
    metrics = held_out_metrics(judged.probabilities, judged.classes, labels, promise, applied=applied)
    unseen = Counter(truth for truth, place in zip(judged.truth, judged.classes, strict=True) if place < 0)
    return {
        "target_precision": promise.target_precision,
        "labels": len(labels),
        "metrics": metrics,
        "trained": dict(bundle.manifest.fields[name]["metrics"]),
        "actions": dict(sorted(Counter(judged.actions).items())),
        "reasons": dict(Counter(reason for reason in judged.reasons if reason).most_common()),
        "unseen": {
            "tickets": unseen.total(),
            "labels": [{"label": label, "tickets": n} for label, n in unseen.most_common(UNSEEN)],
        },
        "confusions": _confusions(judged, tickets),
        "slices": measure_slices([slices[row] for row in judged.rows], right, applied),
    }


def _confusions(judged: _Judged, tickets: Sequence[PastTicket]) -> list[dict[str, Any]]:
    """Return the commonest pairs of a true label and another that was likeliest, with tickets to look at."""
    predicted = judged.probabilities.argmax(axis=1)
    pairs: dict[tuple[str, str], list[int]] = {}
    for row, truth, place in zip(judged.rows, judged.truth, predicted, strict=True):
        if judged.labels[place] != truth:
            pairs.setdefault((truth, judged.labels[place]), []).append(row)
    of_label = Counter(judged.truth)
    commonest = sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:PAIRS]
    return [
        {
            "truth": truth,
            "predicted": said,
            "tickets": len(rows),
            "share": round(len(rows) / of_label[truth], 6),
            "examples": [tickets[row].ticket.ticket_id for row in rows[:EXAMPLES]],
        }
        for (truth, said), rows in commonest
    ]
