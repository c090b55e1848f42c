"""Counters for Prometheus of what requests do; what stands still between them is in :mod:`serving.gauges`.

Names no workspace, no ticket and no key: whoever scrapes serves them all.
"""

import os
from collections.abc import Callable
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess

from serving.gauges import Gauges
from triage.decision import Action, Decision
from triage.stopwatch import STAGES, Stopwatch, stage

__all__ = ["Metrics"]

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STAGE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
CONFIDENCES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

Result = TypeVar("Result")


class Metrics:
    """The counters of one server process; with several workers, of all of them.

    Several workers share their numbers through the folder ``$PROMETHEUS_MULTIPROC_DIR``, which
    ``triage serve --workers`` makes.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.gauges = Gauges(self.registry)
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
        self._formless = Counter(
            "triage_formless_total",
            "Tickets whose form held nothing that was learnt, decided by what reads none.",
            registry=self.registry,
        )
        # Looking a cell up by its labels costs more than counting in it.
        self._cells: dict[tuple[str, Action, str | None], Counter] = {}
        self._surely: dict[str, Histogram] = {}
        self._confidence = Histogram(
            "triage_confidence",
            "Confidence of the value that was decided.",
            ["field"],
            registry=self.registry,
            buckets=CONFIDENCES,
        )
        stages = Histogram(
            "triage_stage_seconds",
            "Time of one request to decide tickets, by stage; each moment counts for one stage.",
            ["stage"],
            registry=self.registry,
            buckets=STAGE_SECONDS,
        )
        self._stages = {name: stages.labels(name) for name in STAGES}
        self._wait = Histogram(
            "triage_queue_wait_seconds",
            "Time that a request waited for a thread.",
            registry=self.registry,
            buckets=STAGE_SECONDS,
        )

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        # Any word may stand for a method: each would be a time series for ever.
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def note_decision(self, decision: Decision) -> None:
        """Count one decision and its fields."""
        if decision.assessment is not None and decision.assessment.lacks_form:
            self._formless.inc()
        for one in decision.fields.values():
            key = (one.field, one.action, one.reason)
            cell = self._cells.get(key)
            if cell is None:
                cell = self._decisions.labels(one.field, one.action.value, one.reason or "none")
                self._cells[key] = cell
            cell.inc()
            if one.confidence is not None:
                surely = self._surely.get(one.field)
                if surely is None:
                    surely = self._surely[one.field] = self._confidence.labels(one.field)
                surely.observe(one.confidence)

    def note_wait(self, seconds: float) -> None:
        """Keep how long a request waited for a thread."""
        self._wait.observe(seconds)

    def timed(self, work: Callable[[], Result]) -> Result:
        """Do something and keep how long each of its stages took."""
        with Stopwatch() as watch:
            try:
                with stage("other"):
                    return work()
            finally:
                for name, seconds in watch.seconds.items():
                    self._stages[name].observe(seconds)

    def render(self) -> bytes:
        """Return the numbers in Prometheus' text format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        shared = CollectorRegistry()
        multiprocess.MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)
