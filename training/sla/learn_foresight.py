"""Learns what is expected of tickets' time from a history that tells how it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from features.cleaning import clean_text
from features.foresight_model import ForesightModel
from features.ticket_columns import TicketColumns
from features.views import Views
from training.sla.learn_risk import learn_risk
from training.sla.learn_time import learn_time
from training.sla.outcomes import outcomes_of
from training.sla.shares import split_shares
from triage.sla.book import SlaBook
from triage.ticket import PastTicket

__all__ = ["LearntForesight", "learn_foresight"]

LEAST = 100
"""Solved tickets that are needed: a level of 0.9 rests on the ten slowest."""

MOST = 50_000
"""Of a longer history the newest tickets are learnt from."""

ALONE = 20_000
"""Tickets up to which one thread grows the trees: for what is in a split of fewer, two wait for each other
longer than they work (docs/log.md)."""

TEXT_SHARE = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class LearntForesight:
    """The model, None where nothing could be learnt, and what a manifest says of each part."""

    model: ForesightModel | None
    facts: Mapping[str, Any]


def learn_foresight(
    history: Sequence[PastTicket],
    views: Views,
    *,
    ordered: bool,
    book: SlaBook | None = None,
    random_state: int = 0,
) -> LearntForesight:
    """Learn times and risks of a history's tickets from what was known when they were filed.

    Parameters
    ----------
    history : sequence of PastTicket
        In time order where ``ordered``.
    views : dict of str to matrix
        Of its tickets.
    ordered : bool
        True: judged on the last tickets, newer ones counting more; False: judged on tickets drawn.
    book : SlaBook, optional
        Says whether past promises were kept where the history does not.
    random_state : int, default=0
        Of everything random.

    Returns
    -------
    LearntForesight
        ``facts`` has ``time``, ``breach`` and ``reassignment``: the figures on the tickets that judged, or
        the ``reason`` why there are none.
    """
    start = max(0, len(history) - MOST)
    past, near = history[start:], {name: matrix[start:] for name, matrix in views.items()}
    outcomes = outcomes_of(past, book)
    shares = split_shares(outcomes, ordered=ordered, random_state=random_state)
    solved = int(shares.learn.solved.sum()), int(shares.judge.solved.sum())
    if sum(solved) < LEAST or min(solved) < LEAST // 10:
        reason = (
            f"{sum(solved)} tickets with a filing and a resolution time; {LEAST} are needed, some of them "
            "among the last fifth."
        )
        return LearntForesight(
            None, {name: {"reason": reason} for name in ("time", "breach", "reassignment")}
        )
    tickets = [one.ticket for one in past]
    columns = TicketColumns().fit(tickets)
    has_text = float(np.mean([bool(clean_text(ticket)) for ticket in tickets])) > TEXT_SHARE
    common = (tickets, columns, near)
    more: dict[str, Any] = {"has_text": has_text, "random_state": random_state}
    with threadpool_limits(limits=1 if len(past) <= ALONE else None, user_api="openmp"):
        time = learn_time(*common, outcomes, shares, **more)
        breach = learn_risk(*common, outcomes.breach, outcomes, shares, **more)
        reassignment = learn_risk(*common, outcomes.reassigned, outcomes, shares, **more)
    return LearntForesight(
        ForesightModel(columns, time.model, breach.model, reassignment.model),
        {"time": dict(time.facts), "breach": dict(breach.facts), "reassignment": dict(reassignment.facts)},
    )
