"""Which tickets an encoder may be judged on: those that its tuning never saw (ADR 0018).

A tuned encoder is accompanied by judging encoders, tuned by the same recipe on a part of the history each.
Whatever is chosen or promised on held-out tickets is learnt with the judging encoder that has not seen them.
This file plans the parts, and finds them again in a history that has changed since.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from training.splits import SMALL, Fold
from triage.errors import TrainingError
from triage.ticket import PastTicket

__all__ = ["MISSING_MAX", "SeenTickets", "judging_folds", "note_tickets", "plan_parts"]

MISSING_MAX = 0.05
"""Share of the tuned-on tickets that may have left the history (erased, merged): beyond, it is another."""

RANDOM_PARTS = 3
"""Of a short history without times: each ticket is judged by the encoder tuned on the other two parts."""


@dataclass(frozen=True, slots=True, eq=False)
class SeenTickets:
    """Which tickets a tuning had, and who judges them.

    Parameters
    ----------
    ids : ndarray of shape (n,), uint64
        Hashes of ticket ids.
    contents : ndarray of shape (n,), uint64
        Hashes of ticket ids and texts together.
    learnt : ndarray of shape (n_judges, n), bool
        Which of them each judging encoder was tuned on; the encoder itself was tuned on all.
    judged : ndarray of shape (n,), int8
        The place of the judging encoder that judges a ticket, -1 for none.
    """

    ids: np.ndarray
    contents: np.ndarray
    learnt: np.ndarray
    judged: np.ndarray


def plan_parts(strata: np.ndarray, ordered: bool, *, random_state: int = 0) -> list[Fold]:
    """Return, for each judging encoder, which rows it is tuned on and which it judges.

    In time order: the first four fifths and the last; short histories have the first three fifths and the
    fourth as well, for more tickets to be judged on. Without times: one ticket in five is held out; short
    histories are dealt into three parts, each judged by the encoder tuned on the other two.

    Parameters
    ----------
    strata : ndarray of shape (n,)
        A label a row, as integers: random parts hold each label in proportion.
    ordered : bool
        Whether the rows' order is that of time.
    random_state : int, default=0
        Of the random parts.
    """
    n = len(strata)
    small = n < SMALL
    if ordered:
        cuts = [0.6, 0.8, 1.0] if small else [0.8, 1.0]
        places = [round(cut * n) for cut in cuts]
        return [Fold(np.arange(a), np.arange(a, b)) for a, b in pairwise(places) if b > a]
    count = RANDOM_PARTS if small else 5
    shuffled = np.random.default_rng(random_state).permutation(n)
    dealt = np.empty(n, int)
    dealt[shuffled[np.argsort(strata[shuffled], kind="stable")]] = np.arange(n) % count
    rows = np.arange(n)
    return [Fold(rows[dealt != part], rows[dealt == part]) for part in range(RANDOM_PARTS if small else 1)]


def note_tickets(history: Sequence[PastTicket], parts: Sequence[Fold]) -> SeenTickets:
    """Return what is kept of a tuning's tickets: hashes, no text."""
    ids, contents = _hashes(history)
    learnt = np.zeros((len(parts), len(history)), bool)
    judged = np.full(len(history), -1, np.int8)
    for place, part in enumerate(parts):
        learnt[place, part.learn] = True
        judged[part.judge] = place
    return SeenTickets(ids, contents, learnt, judged)


def judging_folds(seen: SeenTickets, history: Sequence[PastTicket], ordered: bool) -> list[Fold]:
    """Find the judging encoders' parts in a history, as its rows.

    Tickets that are new since the tuning were seen by nobody; the last judging encoder judges them too. A
    ticket whose text was changed since is in no part: it was seen, but not as it is now.

    Parameters
    ----------
    seen : SeenTickets
        Of the tuning.
    history : sequence of PastTicket
        In time order where ``ordered``.
    ordered : bool
        Whether it is.

    Returns
    -------
    list of Fold
        One a judging encoder.

    Raises
    ------
    TrainingError
        If more than one in twenty of the tuned-on tickets are missing: what is not in the history may be
        among the tickets that it is judged on later.
    """
    ids, contents = _hashes(history)
    missing = int((~np.isin(seen.contents, contents)).sum())
    if missing > MISSING_MAX * len(seen.contents):
        raise TrainingError(
            f"Got an encoder that was tuned on {len(seen.contents):,} tickets of which {missing:,} are not "
            f"in this history; expected at most {MISSING_MAX:.0%}. Tune it again on this history with "
            "`triage encoder tune`, or train without --encoder."
        )
    places = {int(content): place for place, content in enumerate(seen.contents)}
    place_of = np.array([places.get(int(content), -1) for content in contents], int)
    same = place_of >= 0
    is_new = ~np.isin(ids, seen.ids)
    if ordered and same.any():
        is_new &= np.arange(len(history)) > np.flatnonzero(same).max()
    found = []
    for judge in range(len(seen.learnt)):
        learn = same & seen.learnt[judge][place_of]
        held = same & (seen.judged[place_of] == judge)
        if judge == len(seen.learnt) - 1:
            held |= is_new
        found.append(Fold(np.flatnonzero(learn), np.flatnonzero(held)))
    return found


def _hashes(history: Sequence[PastTicket]) -> tuple[np.ndarray, np.ndarray]:
    ids = [_hash(past.ticket.ticket_id) for past in history]
    contents = [_hash(f"{past.ticket.ticket_id}\0{past.ticket.text_hash}") for past in history]
    return np.array(ids, np.uint64), np.array(contents, np.uint64)


def _hash(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
