"""A model that goes by single words: real enough to be sealed, signed, verified and loaded."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import joblib
import numpy as np

from tests.features.fake_encoder import WordEncoder
from triage.bundle import Manifest, seal
from triage.policy import Promise
from triage.prediction import Assessment, Contribution, Deletion, Explanation, Prediction, SimilarTicket
from triage.registry import Registry
from triage.signing import signing_key
from triage.sla.foresight import Foresight
from triage.taxonomy import Taxonomy
from triage.ticket import Ticket

LABELS = {
    "category": ("account", "hardware", "network"),
    "team": ("desk", "field", "web"),
}
RECALL = {"kind": "recall", "label": "access", "target": 0.95, "tickets": 32, "kept": 31}
CATCHING = {
    "promise": {
        "kind": "coverage",
        "target": 0.6,
        "precision": 0.9,
        "labels": {"access": {"kind": "recall", "target": 0.95, "threshold": 0.002}},
    },
    "metrics": {
        "accuracy": 0.8,
        "tickets": 100,
        "promises": [RECALL | {"flagged": 45, "flagged_right": 31}],
    },
}
"""What the manifest says of the category: a label is caught, at a price."""
WORDS = {"password": 0, "laptop": 1, "vpn": 2}


class FakeModel:
    """Says 0.9 for the label of the first known word, an even spread when there is none."""

    fast = None

    def __init__(self, total: float = 1.0) -> None:
        self.total = total
        self.threads = 0

    @property
    def promises(self) -> Mapping[str, Promise]:
        return {
            name: Promise(0.9, {label: 0.8 for label in labels if label != "web"}, 0.5)
            for name, labels in LABELS.items()
        }

    @property
    def own_promises(self) -> Mapping[str, Promise]:
        """Of tickets that lack the form of the history."""
        return self.promises

    @property
    def encoder(self) -> WordEncoder:
        return WordEncoder()

    def open(self, folder: Path, *, threads: int = 1) -> None:
        self.threads = threads

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        return [self._assess(ticket, explain, similar, detail) for ticket in tickets]

    def _assess(self, ticket: Ticket, explain: bool, similar: int, detail: bool) -> Assessment:
        text = ticket.text.lower()
        word, place = next(((word, place) for word, place in WORDS.items() if word in text), ("", -1))
        chances = np.full(3, 1 / 3) if place < 0 else np.where(np.arange(3) == place, 0.9, 0.05)
        predictions = {
            name: Prediction(name, labels, chances * self.total) for name, labels in LABELS.items()
        }
        best = int(np.argmax(chances))
        deletions = (Deletion("word", word, "account", 0.33, 2.89),) if detail and word else ()
        explanations = {
            name: Explanation(
                name,
                labels[best],
                (Contribution("word", word or "nothing", 1.5),),
                next(label for place, label in enumerate(labels) if place != best),
                2.89 if word else 0.0,
                (
                    Contribution("word", word or "nothing", 2.75),
                    Contribution("bias", "the model's starting point", 0.14 if word else -2.75),
                ),
                deletions=deletions,
            )
            for name, labels in LABELS.items()
        }
        neighbours = tuple(
            SimilarTicket(f"OLD-{number}", 0.9 - number / 10, {"category": LABELS["category"][best]})
            for number in range(similar)
        )
        familiarity = 0.0 if "zzz" in text else 0.5
        # A ticket that names its hours takes at most as long as often as not.
        hours = re.search(r"takes (\d+) hours", text)
        foresight = Foresight({0.5: float(hours[1]), 0.9: 3.0 * float(hours[1])}) if hours else None
        # A ticket that says "bare" lacks the form of the history.
        own = self.own_promises if "bare" in text else None
        return Assessment(
            predictions,
            familiarity,
            explanations if explain else {},
            neighbours,
            foresight=foresight,
            promises=own,
        )


def seal_fake(
    home: Path,
    version: str,
    workspace: str = "acme",
    total: float = 1.0,
    key: bytes | None = None,
    model: FakeModel | None = None,
    learnt_from: str | None = None,
) -> Path:
    """Seal a bundle with a fake model in the models folder of a home, signed by the home's key."""
    models = home / "models"
    draft = models / f".{version}.draft"
    draft.mkdir(parents=True)
    joblib.dump(model or FakeModel(total), draft / "model.joblib")
    (draft / "card.html").write_text("<!doctype html><title>Card</title><h1>A fake model</h1>")
    manifest = Manifest(
        version=version,
        created_at=datetime(2026, 3, 1, tzinfo=UTC),
        fields={
            name: {
                "level": "linear",
                "labels": len(labels),
                "target_precision": 0.9,
                "metrics": {"accuracy": 0.8, "tickets": 100},
            }
            | (CATCHING if name == "category" else {})
            for name, labels in LABELS.items()
        },
        taxonomy=Taxonomy.from_labels(LABELS),
        feature_version=1,
        data_hash="0" * 64,
        training={"rows": 100},
        workspace=learnt_from,
    )
    target = models / workspace / version
    target.parent.mkdir(parents=True, exist_ok=True)
    seal(draft, target, manifest, key or signing_key({"TRIAGE_HOME": str(home)}))
    return target


def promote_fake(home: Path, version: str, workspace: str = "acme", model: FakeModel | None = None) -> None:
    """Seal a fake bundle and make it the champion."""
    seal_fake(home, version, workspace, model=model)
    Registry(home / "models").promote(workspace, version)
