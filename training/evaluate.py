"""Judges a bundle on labelled tickets: what it would have decided, against what people decided in the end.

Every number is a JSON type, so that the same document goes to the page, the file and the terminal.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from training.beside import PeersOf, judge_beside
from training.confusion import confused_pairs, confusion_matrix
from training.drift import measure_drift
from training.flags import flagged_columns
from training.judge import JudgedField, Progress, judge_tickets
from training.later import later_numbers
from training.learnt_from import learnt_from
from training.metrics import held_out_metrics
from training.promise import promise_facts
from training.slices import measure_slices, slice_values
from triage.bundle import Bundle
from triage.errors import InputError
from triage.policy import Promise
from triage.ticket import PastTicket

__all__ = ["FORMAT", "evaluate_bundle"]

FORMAT = 1
"""Of the document: rises when a name in it changes its meaning or goes away; names may be added."""

UNSEEN = 20


def evaluate_bundle(
    bundle: Bundle,
    tickets: Sequence[PastTicket],
    *,
    peers_of: PeersOf | None = None,
    key: bytes | None = None,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Decide labelled tickets and measure the decisions.

    Parameters
    ----------
    bundle : Bundle
        Loaded.
    tickets : sequence of PastTicket
        Later than those that the bundle learnt from, if the figures are to say what service will bring;
        those that it did learn from are left out where others have labels.
    peers_of : PeersOf, optional
        The history that the bundle learnt from: plain pipelines are then fitted on it and judged beside.
    key : bytes, optional
        The signing key; by default this installation's (see :func:`training.learnt_from.learnt_from`).
    progress : callable, optional
        Told the share done.

    Returns
    -------
    dict
        As docs/guide.md lists it: ``format, version, tickets, first, last, learnt_from`` (how many of the
        tickets given the model has learnt from; they are left out), ``judges_memory`` (True where these are
        all that could be judged, and were), ``lacks_form`` (judged tickets without the form that the history
        had), ``within_training`` (judged tickets filed before the training history ended), ``training``,
        ``drift`` (None for a bundle that kept nothing to compare with, and for one judged on what it
        remembers), ``peers`` and ``fields``.

    Raises
    ------
    InputError
        If no ticket has a label of any field that the bundle knows.
    """
    promises = bundle.model.promises
    learnt = learnt_from(bundle, tickets, key=key)
    others = [past for past, is_learnt in zip(tickets, learnt, strict=True) if not is_learnt]
    # Without a label among the others there is only its memory to judge.
    judges_memory = any(learnt) and not any(past.labels.get(name) for past in others for name in promises)
    tickets = tickets if judges_memory else others
    judged = judge_tickets(bundle, tickets, progress=progress)
    if not judged.fields:
        raise InputError(
            f"Got {len(tickets):,} tickets without a label of {', '.join(promises)}; expected the final "
            "values beside the texts. `triage score` decides tickets that have none."
        )
    times = [past.ticket.created_at for past in tickets if past.ticket.created_at is not None]
    training = bundle.manifest.training
    last = training.get("last")
    slices = [slice_values(past) for past in tickets]
    document: dict[str, Any] = {
        "format": FORMAT,
        "version": bundle.version,
        "tickets": len(tickets),
        "first": min(times).isoformat() if times else None,
        "last": max(times).isoformat() if times else None,
        "learnt_from": sum(learnt),
        "judges_memory": judges_memory,
        "lacks_form": int(judged.lacks_form.sum()),
        "within_training": sum(time <= datetime.fromisoformat(last) for time in times) if last else 0,
        "training": {
            "created_at": bundle.manifest.created_at.isoformat(),
            "data_hash": bundle.manifest.data_hash,
            "feature_version": bundle.manifest.feature_version,
            "taxonomy_version": bundle.manifest.taxonomy.version,
            "cost": dict(bundle.manifest.cost),
        }
        | {name: training.get(name) for name in ("tickets", "first", "last", "encoder", "packages")}
        | {"seed": training.get("config", {}).get("seed")},
        "drift": None,
        "peers": None,
        "fields": {name: _measure(bundle, name, one, tickets, slices) for name, one in judged.fields.items()},
    }
    # Beside what it learnt from, what it remembers is no drift.
    if "reference" in training and not judges_memory:
        reference = training["reference"]
        document["drift"] = {name: reference[name] for name in ("tickets", "first", "last")} | {
            "measures": measure_drift(reference, later_numbers(bundle, tickets, judged))
        }
    if peers_of is not None:
        document["peers"] = {"same_history": peers_of.is_same(bundle), "tickets": len(peers_of.history)}
        for name, figures in judge_beside(bundle, peers_of, tickets, judged.fields).items():
            document["fields"][name]["peers"] = figures
    return document


def _held_to(judged: JudgedField, usual: Promise) -> Promise:
    """Return what a field's judged tickets were held to, all together.

    Some may lack the form that the history had, and are held to a promise of their own. Where both kinds are
    among them a label has the threshold of those with a form, or else the other.
    """
    if judged.own is None or not judged.lacks_form.any():
        return usual
    if judged.lacks_form.all():
        return judged.own

    def either(one: Mapping[str, float | None], other: Mapping[str, float | None]) -> dict[str, float | None]:
        return {label: other.get(label) if value is None else value for label, value in one.items()}

    return replace(
        usual,
        thresholds=either(usual.thresholds, judged.own.thresholds),
        flags=either(usual.flags, judged.own.flags),
    )


def _measure(
    bundle: Bundle,
    name: str,
    judged: JudgedField,
    tickets: Sequence[PastTicket],
    slices: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    usual = bundle.model.promises[name]
    promise = _held_to(judged, usual)
    facts = bundle.manifest.fields[name]
    labels = judged.labels
    applied = judged.applied
    flagged = flagged_columns(judged.probabilities, labels, usual.flags)
    if judged.own is not None:
        bare = judged.lacks_form
        flagged[bare] = flagged_columns(judged.probabilities[bare], labels, judged.own.flags)
    metrics = held_out_metrics(
        judged.probabilities, judged.classes, labels, promise, applied=applied, flagged=flagged
    )
    unseen = Counter(truth for truth, place in zip(judged.truth, judged.classes, strict=True) if place < 0)
    predicted = [labels[place] for place in judged.predicted]
    ids = [tickets[row].ticket.ticket_id for row in judged.rows]
    return {
        "level": facts["level"],
        "learnable": facts.get("learnable"),
        "by_matrix": facts.get("by_matrix"),
        "target_precision": promise.target_precision,
        "promise": promise_facts(promise),
        "labels": len(labels),
        "metrics": metrics,
        "trained": dict(facts["metrics"]),
        "actions": dict(sorted(Counter(judged.actions).items())),
        "reasons": dict(Counter(reason for reason in judged.reasons if reason).most_common()),
        "unseen": {
            "tickets": unseen.total(),
            "labels": [{"label": label, "tickets": n} for label, n in unseen.most_common(UNSEEN)],
        },
        "confusions": confused_pairs(judged.truth, predicted, ids),
        "confusion_matrix": confusion_matrix(judged.truth, predicted),
        "slices": measure_slices([slices[row] for row in judged.rows], judged.right, applied, field=name),
        "peers": {},
    }
