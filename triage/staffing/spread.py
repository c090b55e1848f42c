"""A figure in three futures: the middle one, and those that few exceed."""

from dataclasses import dataclass

from triage.staffing.setup import Percentile

__all__ = ["Spread"]


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure in the middle future, and in those that only one in five or one in twenty exceeds."""

    p50: float
    p80: float
    p95: float

    def at(self, percentile: Percentile) -> float:
        """Return the figure at a percentile."""
        return float(getattr(self, percentile.value.lower()))
