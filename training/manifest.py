"""What a bundle says of itself: gathered from the history, the configuration and what was learnt."""

import hashlib
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

from features.encoder import SentenceEncoder
from features.model import FEATURE_VERSION
from training.config import TrainingConfig
from training.learn_field import LearntField
from training.metrics import held_out_metrics
from training.promise import promise_facts
from triage.bundle import Manifest
from triage.priority_rule import PriorityRule
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket

__all__ = ["data_hash", "make_manifest"]

PACKAGES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "tokenizers", "joblib")


def make_manifest(
    history: Sequence[PastTicket],
    labels: Mapping[str, Sequence[str | None]],
    learnt: Mapping[str, LearntField],
    config: TrainingConfig,
    stock: SentenceEncoder,
    version: str,
    ordered: bool,
    languages: Mapping[str, Any] | None = None,
    rule: PriorityRule | None = None,
    hierarchies: Sequence[Mapping[str, Any]] = (),
) -> Manifest:
    """Return the manifest of a trained model, without its files.

    Parameters
    ----------
    history : sequence of PastTicket
        All tickets that it learnt from.
    labels : Mapping of str to sequence of str or None
        By field: today's label of each ticket, None where there is none or it is not learnt.
    learnt : Mapping of str to LearntField
        By field.
    config : TrainingConfig
        Of the run.
    stock : SentenceEncoder
        Whose vectors it uses.
    version : str
        The model's name.
    ordered : bool
        Whether the history is in time order.
    languages : Mapping, optional
        What :func:`training.learn_languages.learn_languages` reports of each.
    rule : PriorityRule, optional
        How priorities come about, where they follow a matrix.
    hierarchies : sequence of Mapping, optional
        What was learnt of fields that answer together.
    """
    fields = {
        name: {
            "level": one.level,
            "labels": len(one.model.labels),
            "tickets": sum(value is not None for value in labels[name]),
            "target_precision": one.promise.target_precision,
            "promise": promise_facts(one.promise),
            "calibration": one.model.calibration.name if one.model.calibration else "pool",
            "penalties": one.penalties,
            "weights": dict(one.model.weights),
            "metrics": held_out_metrics(
                one.probabilities, one.classes, one.model.labels, one.promise, applied=one.applied
            ),
        }
        for name, one in learnt.items()
    }
    if "priority" in fields:
        fields["priority"]["priority_from"] = rule.priority_from if rule else "learnt"
    times = [past.ticket.created_at for past in history if past.ticket.created_at is not None]
    return Manifest(
        version=version,
        created_at=datetime.now(UTC),
        fields=fields,
        taxonomy=_taxonomy(labels, config),
        feature_version=FEATURE_VERSION,
        data_hash=data_hash(history),
        training={
            "tickets": len(history),
            "first": min(times).isoformat() if times else None,
            "last": max(times).isoformat() if times else None,
            "ordered": ordered,
            "hierarchies": list(hierarchies),
            "config": asdict(replace(config, encoder=Path(config.encoder).name)),  # no path of this machine
            "encoder": stock.fingerprint,
            "languages": dict(languages or {}),
            "priority": rule.to_document() if rule else None,
            "packages": {"python": platform.python_version()} | {one: version_of(one) for one in PACKAGES},
        }
        | ({"encoder_tuned": stock.tuned} if stock.tuned else {}),
    )


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
    seen = {name: [value for value in values if value is not None] for name, values in labels.items()}
    return Taxonomy.from_labels(seen, parents, config.merged)


def data_hash(history: Sequence[PastTicket]) -> str:
    """Return the SHA-256 of what a history says of each ticket: id, time, text and labels, in order."""
    digest = hashlib.sha256()
    for past in history:
        ticket = past.ticket
        row = (ticket.ticket_id, str(ticket.created_at), ticket.text_hash, repr(sorted(past.labels.items())))
        digest.update("\0".join(row).encode("utf-8", "replace") + b"\n")
    return digest.hexdigest()
