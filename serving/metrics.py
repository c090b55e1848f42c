"""Counters for Prometheus. Names no workspace, no ticket and no key: whoever scrapes serves them all."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from triage.decision import Decision

__all__ = ["Metrics"]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The counters of one server process; with several workers, of all of them.

    Several workers share their numbers through the folder ``$PROMETHEUS_MULTIPROC_DIR``, which
    ``triage serve --workers`` makes.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "triage_http_requests_total",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "triage_http_request_seconds",
            "Time to answer.",
            ["method", "route"],
            registry=self.registry,
            buckets=SECONDS,
        )
        self._decisions = Counter(
            "triage_decisions_total",
            "Fields decided.",
            ["field", "action", "reason"],
            registry=self.registry,
        )
        self._models = Gauge(
            "triage_models",
            "Workspaces by the state of their model.",
            ["state"],
            registry=self.registry,
            multiprocess_mode="livemostrecent",
        )

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def note_decision(self, decision: Decision) -> None:
        """Count the fields of one decision."""
        for one in decision.fields.values():
            self._decisions.labels(one.field, one.action.value, one.reason or "none").inc()

    def note_models(self, ready: int, failed: int) -> None:
        """Keep how many workspaces have a model, and how many could not load theirs."""
        self._models.labels("ready").set(ready)
        self._models.labels("failed").set(failed)

    def render(self) -> bytes:
        """Return the numbers in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)
