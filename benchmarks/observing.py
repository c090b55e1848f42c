"""What watching costs a request: processor time of everything that is measured for one decided ticket.

Times the calls themselves, with the numbers that one request makes, in one process and in the shared files of
several workers; set it beside the processor time of a whole request in ``RESULTS.md``.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

COUNT = 5_000


def measure(count: int = COUNT) -> float:
    """Return the processor time in microseconds that watching one request costs."""
    from serving.metrics import Metrics
    from triage.decision import Action, Decision, FieldDecision
    from triage.stopwatch import STAGES, stage

    metrics = Metrics()
    fields = {
        name: FieldDecision(name, "x", 0.9, 0.8, Action.APPLY, None)
        for name in ("category", "subcategory", "impact", "urgency", "priority", "team", "assignee")
    }
    decision = Decision("id", "T-1", "v1", datetime.now(UTC), fields)

    def work() -> None:
        for name in STAGES:
            with stage(name):
                pass

    def request() -> None:
        metrics.note_wait(0.001)
        metrics.timed(work)
        metrics.note_decision(decision)
        metrics.note_request("POST", "/v1/triage", 200, 0.01)

    return _microseconds(request, count) - _microseconds(lambda: None, count)


def _microseconds(call: Callable[[], None], count: int) -> float:
    for _ in range(100):
        call()
    began = time.process_time()
    for _ in range(count):
        call()
    return 1e6 * (time.process_time() - began) / count


def main() -> None:
    """Measure in this process, then in a child with shared files, and print both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", action="store_true", help="as one of several workers")
    given = parser.parse_args()
    if given.shared:
        with tempfile.TemporaryDirectory() as folder:
            # Read by the library when it is first imported.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            cost = measure()
    else:
        cost = measure()
    print(f"watching one request: {cost:.0f} microseconds of processor time")
    print(json.dumps({"shared": given.shared, "microseconds": round(cost, 1)}))


if __name__ == "__main__":
    main()
