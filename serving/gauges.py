"""Gauges for Prometheus: models, queues, workers and drift, as they stand when somebody scrapes."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from triage.live_drift import LiveDrift
from triage.store.waiting import Waiting

__all__ = ["Gauges"]


class Gauges:
    """What stands still between requests.

    Parameters
    ----------
    registry : CollectorRegistry
        Where the numbers are collected.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        def gauge(name: str, told: str, *labels: str, mode: str = "livemostrecent") -> Gauge:
            return Gauge(name, told, labels, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]

        self._models = gauge("triage_models", "Workspaces by the state of their model.", "state")
        # Each process has a queue of its own: they add up.
        self._requests = gauge(
            "triage_queue_requests", "Requests that run and wait for a thread.", "state", mode="livesum"
        )
        self._runs = gauge("triage_runs", "Trainings and forecasts asked for that have not ended.", "state")
        self._queued = gauge("triage_runs_oldest_queued_seconds", "How long the oldest of them waits.")
        self._messages = gauge("triage_messages_waiting", "Messages to webhook endpoints not delivered yet.")
        self._workers = gauge("triage_workers", "Workers that live.")
        self._store = gauge("triage_store_up", "1 where the store answered this scrape, else 0.")
        self._index = gauge(
            "triage_drift_index",
            "Population stability index of the newest decisions, of the workspace where it is largest.",
            "measure",
            "field",
        )
        self._excess = gauge(
            "triage_drift_excess",
            "How far the index is over its null in two windows, of the workspace where it is farthest.",
            "measure",
            "field",
        )

    def note_models(self, ready: int, failed: int) -> None:
        """Keep how many workspaces have a model, and how many could not load theirs."""
        self._models.labels("ready").set(ready)
        self._models.labels("failed").set(failed)

    def note_queue(self, running: int, waiting: int) -> None:
        """Keep how many requests run and wait in this process."""
        self._requests.labels("running").set(running)
        self._requests.labels("waiting").set(waiting)

    def note_store(self, waiting: Waiting | None, workers: int) -> None:
        """Keep what waits in the store and how many workers live; None where the store does not answer."""
        self._store.set(0 if waiting is None else 1)
        if waiting is None:
            return
        self._runs.labels("queued").set(waiting.queued)
        self._runs.labels("running").set(waiting.running)
        self._queued.set(waiting.oldest_seconds())
        self._messages.set(waiting.messages)
        self._workers.set(workers)

    def note_drift(self, found: Mapping[tuple[str, str], LiveDrift]) -> None:
        """Keep the drift by measure and field."""
        for (measure, field), one in found.items():
            self._index.labels(measure, field).set(one.value)
            self._excess.labels(measure, field).set(one.excess)
