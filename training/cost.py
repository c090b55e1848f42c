"""What a training cost: time and memory, as the operating system counts them."""

import resource
import sys
import time

__all__ = ["CostMeter"]


class CostMeter:
    """Starts counting when made.

    The peak of memory is the process's since it began (``getrusage``): a worker that trained something larger
    before names that.
    """

    def __init__(self) -> None:
        self._started, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> dict[str, float]:
        """Return ``seconds``, ``processor_seconds`` (all threads) and ``peak_memory_bytes`` so far."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "seconds": round(time.perf_counter() - self._started, 1),
            "processor_seconds": round(time.process_time() - self._processor, 1),
            # Linux counts in KiB, macOS in bytes.
            "peak_memory_bytes": peak if sys.platform == "darwin" else peak * 1024,
        }
