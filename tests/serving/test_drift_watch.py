from datetime import UTC, datetime, timedelta

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest

from serving.drift_watch import DriftWatch
from serving.gauges import Gauges
from tests.triage.test_live_drift import documents, reference
from triage.store import Store
from triage.store.schema import decisions
from triage.store.scope import Across


class Models:
    """Two champions; what they were judged on is the same."""

    def __init__(self, random: np.random.Generator) -> None:
        self.training = {"reference": reference(random)}
        self.version = "v1"
        self.manifest = self
        self.workspaces = ("acme", "other")

    def bundle(self, workspace: str) -> "Models":
        return self


def store_decisions(store: Store, workspace: str, rows: list[dict]) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with store.writing(workspace) as connection:
        connection.execute(
            decisions.insert(),
            [
                {
                    "decision_id": f"{workspace}-{number}",
                    "workspace": workspace,
                    "ticket_id": "",
                    "text_hash": "",
                    "model_version": "v1",
                    "document": row,
                    "created_at": at + timedelta(seconds=number),
                }
                for number, row in enumerate(rows)
            ],
        )


def test_the_gauges_tell_the_workspace_that_drifted_most_and_a_workspace_is_looked_at_now_and_then(
    sqlite_store: Store,
):
    random = np.random.default_rng(0)
    models, registry = Models(random), CollectorRegistry()
    store_decisions(sqlite_store, "acme", documents(random, 400))
    store_decisions(sqlite_store, "other", documents(random, 400, shift=0.3))
    watch = DriftWatch(sqlite_store, models, Gauges(registry))

    def excess() -> float | None:
        return registry.get_sample_value("triage_drift_excess", {"measure": "confidence", "field": "team"})

    watch.look()
    assert excess() < 0.1
    watch.look()
    assert excess() > 0.25
    with sqlite_store.writing(Across.OPERATOR) as connection:
        connection.execute(decisions.delete())
    watch.look()  # Looked at just now: nothing is read again.
    assert excess() > 0.25
    assert "acme" not in generate_latest(registry).decode()
    models.workspaces = ()
    watch.look()
