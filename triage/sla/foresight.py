"""What is expected of a ticket's time when it is filed, and how likely a target is missed. Fits nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Foresight"]

FLOOR, CEILING = 0.001, 0.999

LEAST_STEP = 1e-9
"""Of log hours between two levels: nearer ones tell no rate."""


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
                share = min(1.0, (at - before) / (here - before))
                return _within(1.0 - level - share * (upper - level))
            if here - before > LEAST_STEP and upper > level:
                rate = math.log((1.0 - level) / (1.0 - upper)) / (here - before)
            before, level = here, upper
        return _within((1.0 - level) * math.exp(-rate * (at - before)))

    def breach_after(self, due_hours: float, gone_hours: float) -> float | None:
        """Return the probability that a ticket which is still open misses its promise; None if unknown.

        Of the tickets that would miss it and those that were solved meanwhile only the latter are out of
        the question, so the probability at filing is divided by that of being open until now (Bayes).

        Parameters
        ----------
        due_hours : float
            From filing to when the promise runs out, by the clock on the wall.
        gone_hours : float
            From filing to now.

        Examples
        --------
        >>> one = Foresight({0.5: 4.0, 0.9: 20.0}, breach=0.2)
        >>> round(one.breach_after(20.0, 0.0), 2), round(one.breach_after(20.0, 4.0), 2)
        (0.2, 0.4)
        """
        missed = self.probability_after(due_hours) if self.breach is None else self.breach
        if missed is None or gone_hours <= 0.0:
            return missed
        if gone_hours >= due_hours:
            return 1.0
        still_open = self.probability_after(gone_hours)
        if still_open is None:
            return missed
        return max(missed, min(missed / max(missed, still_open), CEILING))


def _within(probability: float) -> float:
    return min(max(probability, FLOOR), CEILING)
