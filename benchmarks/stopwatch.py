"""Seconds by stage, peak memory and processor time of this process."""

import resource
import time
from collections.abc import Callable
from pathlib import Path

__all__ = ["Stopwatch", "peak_mb", "processor_us"]


class Stopwatch:
    """Told each stage when it begins; time goes to the stage that was told last."""

    def __init__(self) -> None:
        self._stages: dict[str, float] = {}
        self._stage = ""
        self._since = time.perf_counter()

    def hear(self, stage: str) -> None:
        """Close the running stage and begin this one; the same one again goes on."""
        now = time.perf_counter()
        if self._stage:
            self._stages[self._stage] = self._stages.get(self._stage, 0.0) + now - self._since
        self._stage, self._since = stage, now

    def stop(self) -> dict[str, float]:
        """Close the running stage and return the seconds of each."""
        self.hear("")
        return dict(self._stages)


def peak_mb() -> float:
    """Return the peak of resident memory, in MB: VmHWM on Linux, which a parent's memory does not spoil."""
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def processor_us(work: Callable[[], object], count: int, rounds: int) -> float:
    """Return the microseconds of processor time that work takes for each of ``count`` things, at best.

    The first of the rounds warms up where there are several.
    """
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best / count * 1e6
