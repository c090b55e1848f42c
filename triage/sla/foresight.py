"""What is expected of a ticket's time when it is filed, and how likely a target is missed. Fits nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Foresight"]

FLOOR, CEILING = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Foresight:
    """What a model expects of one ticket.

    Parameters
    ----------
    resolution_hours : Mapping of float to float
        By level, ascending: hours from filing to the solution that the ticket takes at most with that
        probability, by the clock on the wall. Empty where the history did not tell when tickets were solved.
    breach : float or None
        Calibrated probability that the promise is missed, as past tickets missed theirs; None where the
        history did not tell.
    reassignment : float or None
        Probability that the ticket is handed on to another group; None where the history did not tell.
    """

    resolution_hours: Mapping[float, float]
    breach: float | None = None
    reassignment: float | None = None

    def probability_after(self, hours: float) -> float | None:
        """Return the probability that the solution takes longer, None where no times were learnt.

        Between two levels the logarithm of the hours (plus one) is interpolated; beyond the last one it
        goes on as it did between the last two, at an exponential rate.

        Examples
        --------
        >>> round(Foresight({0.5: 4.0, 0.9: 20.0}).probability_after(4.0), 2)
        0.5
        """
        if not self.resolution_hours:
            return None
        at = math.log1p(max(hours, 0.0))
        before, level = 0.0, 0.0
        rate = 1.0
        for upper, hours_at in self.resolution_hours.items():
            here = math.log1p(hours_at)
            if at < here:
                share = (at - before) / (here - before)
                return _within(1.0 - level - share * (upper - level))
            if here > before and upper > level:
                rate = math.log((1.0 - level) / (1.0 - upper)) / (here - before)
            before, level = here, upper
        return _within((1.0 - level) * math.exp(-rate * (at - before)))


def _within(probability: float) -> float:
    return min(max(probability, FLOOR), CEILING)
