"""What a bundle says of itself: gathered from the history, the configuration and what was learnt."""

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import numpy as np

from features.encoder import SentenceEncoder
from features.model import FEATURE_VERSION, TicketModel
from training.config import TrainingConfig
from training.confusion import confused_pairs, confusion_matrix
from training.cost import CostMeter
from training.formless import formless_facts
from training.history_hash import history_hash
from training.learn_field import LearntField
from training.learn_fields import labels_of
from training.make_model import Made
from training.merge_notes import merge_notes
from training.metrics import held_out_metrics, unmeasured
from training.promise import promise_facts
from training.promise_notes import promise_notes
from training.reference import make_reference
from training.slices import measure_slices, slice_values
from triage.bundle import Manifest
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket

__all__ = ["make_manifest"]

PACKAGES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers", "joblib")


def make_manifest(
    history: Sequence[PastTicket],
    labels: Mapping[str, Sequence[str | None]],
    made: Made,
    config: TrainingConfig,
    stock: SentenceEncoder,
    version: str,
    ordered: bool,
    *,
    formless: Made | None = None,
    foresight: Mapping[str, Any],
    affinity: Mapping[str, Any],
    cost: CostMeter,
    workspace: str | None = None,
    notes: Sequence[str] = (),
    golden_revision: int = 0,
) -> Manifest:
    """Return the manifest of a trained model, without its files.

    Parameters
    ----------
    history : sequence of PastTicket
        All tickets that it learnt from.
    labels : Mapping of str to sequence of str or None
        By field: today's label of each ticket, None where there is none or it is not learnt.
    made : Made
        What was fitted, all of it.
    config : TrainingConfig
        Of the run.
    stock : SentenceEncoder
        Whose vectors it uses.
    version : str
        The model's name.
    ordered : bool
        Whether the history is in time order.
    formless : Made, optional
        The same for tickets without a form.
    foresight : Mapping
        What :func:`training.sla.learn_foresight.learn_foresight` reports.
    affinity : Mapping
        What :func:`training.affinity.trust.trust_facts` tells; empty without assignees.
    cost : CostMeter
        Running since the training began.
    workspace : str, optional
        Whose history it is.
    notes : sequence of str, optional
        What a person should know of the history.
    golden_revision : int, default=0
        Golden tickets up to this revision are not in it.
    """
    taxonomy = _taxonomy(labels, config)
    learnt, rule = made.learnt, made.rule
    fields = {
        name: {
            "level": one.level,
            "labels": len(one.model.labels),
            "tickets": sum(value is not None for value in labels[name]),
            "target_precision": one.promise.target_precision,
            "promise": promise_facts(one.promise),
            "calibration": one.model.calibration.name if one.model.calibration else "pool",
            "penalties": one.penalties,
            "weights": dict(one.model.weights) | dict(one.share_weights),
            "ladder": [dict(rung) for rung in one.ladder],
            "peers": one.peers,
            "half_life_days": one.half_life,
            "learnable": one.learnable,
            "reason": one.reason,
            "metrics": held_out_metrics(
                one.probabilities, one.classes, one.model.labels, one.promise, applied=one.applied
            )
            if len(one.held_out)
            else unmeasured(),
        }
        | _details(history, labels[name], one)
        for name, one in learnt.items()
    }
    if "priority" in fields:
        fields["priority"]["priority_from"] = rule.priority_from if rule else "learnt"
        if rule and rule.source == "history":
            fields["priority"]["by_matrix"] = {"share": rule.kept, "at_least": rule.kept_at_least}
    times = [past.ticket.created_at for past in history if past.ticket.created_at is not None]
    return Manifest(
        version=version,
        created_at=datetime.now(UTC),
        fields=fields,
        taxonomy=taxonomy,
        feature_version=FEATURE_VERSION,
        data_hash=history_hash(history),
        training={
            "tickets": len(history),
            "first": min(times).isoformat() if times else None,
            "last": max(times).isoformat() if times else None,
            "ordered": ordered,
            "golden_revision": golden_revision,
            "hierarchies": made.hierarchies,
            "foresight": dict(foresight),
            "affinity": dict(affinity),
            "fast": made.fast.facts,
            "formless": {} if formless is None else formless_facts(formless.learnt),
            "notes": [
                *notes,
                *merge_notes(history, config.merged),
                *promise_notes(history, config.promise, config.merged),
            ],
            "config": asdict(replace(config, encoder=Path(config.encoder).name)),  # no path of this machine
            "encoder": stock.fingerprint,
            "languages": made.languages,
            "priority": rule.to_document() if rule else None,
            "packages": {"python": platform.python_version()} | {one: version_of(one) for one in PACKAGES},
            "reference": make_reference(
                history,
                taxonomy,
                words=made.model.words,
                familiarity=_known_familiarity(made.model),
                confidence={name: one.probabilities.max(axis=1) for name, one in learnt.items()},
                ordered=ordered,
            ),
        }
        | ({"encoder_tuned": stock.tuned} if stock.tuned else {}),
        cost=cost.read(),
        workspace=workspace,
    )


def _known_familiarity(model: TicketModel) -> np.ndarray:
    """Return what held-out known tickets get: conformal p-values, so every rank once."""
    known = max((len(one.scores) for one in model.familiarity.values()), default=0)
    return np.arange(2, known + 2) / (1 + known)


def _details(
    history: Sequence[PastTicket], values: Sequence[str | None], learnt: LearntField
) -> dict[str, Any]:
    """Return where a field's held-out tickets were confused, and where they did better or worse."""
    if not len(learnt.held_out):
        return {"confusions": [], "confusion_matrix": {"labels": []}, "slices": []}
    names = learnt.model.labels
    predicted = learnt.probabilities.argmax(axis=1)
    truth = [names[place] for place in learnt.classes]
    said = [names[place] for place in predicted]
    labelled = np.flatnonzero([value is not None for value in values])
    return {
        "confusions": confused_pairs(truth, said),
        "confusion_matrix": confusion_matrix(truth, said),
        "slices": measure_slices(
            [slice_values(history[row]) for row in labelled[learnt.held_out]],
            predicted == learnt.classes,
            learnt.applied,
            field=learnt.model.field,
        ),
    }


def _taxonomy(labels: Mapping[str, Sequence[str | None]], config: TrainingConfig) -> Taxonomy:
    parents: dict[str, dict[str, str]] = {}
    if "category" in labels and "subcategory" in labels:
        pairs = Counter(
            (below, above)
            for below, above in zip(labels["subcategory"], labels["category"], strict=True)
            if below is not None and above is not None
        )
        # Misfiled tickets put a subcategory under a wrong category: the commonest parent is the one.
        parents["subcategory"] = {below: above for (below, above), _ in reversed(pairs.most_common())}
    seen = {name: labels_of(values, config.descriptions.get(name, {})) for name, values in labels.items()}
    return Taxonomy.from_labels(seen, parents, config.merged)
