"""The replay itself: period by period, ticket by ticket, what was known before and nothing else.

How a model is trained, and what a desk does with what becomes known, is its caller's choice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import floor

from training.knowledge.publish import SuggestionRow
from training.replay.desk import Desk
from training.replay.folder import ReplayFolder
from training.replay.timeline import Timeline, filed_at
from training.replay.trainer import Trainer
from triage.decision import Decision
from triage.errors import InputError, TrainingError
from triage.ticket import PastTicket

__all__ = ["DAY_S", "PART", "ReplayNotes", "replay"]

PART = 500
"""Tickets decided before they are written: what a kill costs at most, besides a training."""

DAY_S = 86_400.0

Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class ReplayNotes:
    """What a replay came to, besides its files.

    Parameters
    ----------
    tickets : int
        Decided, now or before a kill.
    found : int
        Of these, decided before a kill.
    trainings : int
        Models trained or opened now.
    untaught : list of str
        Reasons of trainings that taught nothing, so that the model before went on deciding.
    """

    tickets: int
    found: int = 0
    trainings: int = 0
    untaught: list[str] = field(default_factory=list)


def replay(
    timeline: Timeline,
    start: float,
    rhythm: float | None,
    trainer: Trainer,
    folder: ReplayFolder,
    *,
    progress: Progress = lambda stage, done, total: None,
) -> ReplayNotes:
    """Decide every ticket filed from a moment on with only what was known when it was filed.

    The first model learns what was known at ``start``; every ``rhythm`` seconds, where tickets follow, one is
    trained anew on what is known by then. In between a desk takes in everything that becomes known, in order,
    before it decides the next ticket.

    Parameters
    ----------
    timeline : Timeline
        The history.
    start : float
        POSIX time.
    rhythm : float or None
        Seconds from training to training; None: only the first.
    trainer : Trainer
        Makes the desks.
    folder : ReplayFolder
        Open; parts found in it are not decided again.
    progress : callable, optional
        Told the stage, tickets done and tickets in all.

    Returns
    -------
    ReplayNotes

    Raises
    ------
    InputError
        If no ticket was filed from ``start`` on.
    TrainingError
        If what was known at ``start`` teaches nothing.
    """
    later = timeline.filed_from(start)
    if not later:
        raise InputError(
            "Got a --from after the last ticket was filed; expected tickets from then on. "
            "Name an earlier day."
        )
    notes = ReplayNotes(len(later))
    desks = _Desks(timeline, start, rhythm, trainer, notes)
    done = 0
    for period, tickets in _periods(later, start, rhythm):
        for part, chunk in _parts(period, tickets):
            if folder.has(part):
                notes.found += len(chunk)
            else:
                walk = desks.walk(period, _at(progress, done, len(later)))
                folder.write(part, *walk.decide(chunk))
            done += len(chunk)
            progress("deciding", done, len(later))
    return notes


def _at(progress: Progress, done: int, total: int) -> Callable[[str], None]:
    return lambda stage: progress(stage, done, total)


def _periods(
    later: Sequence[PastTicket], start: float, rhythm: float | None
) -> Iterator[tuple[int, list[PastTicket]]]:
    """Divide tickets by the training before them, counted from 0; periods without a ticket are left out."""

    def period(past: PastTicket) -> int:
        return 0 if rhythm is None else floor((filed_at(past) - start) / rhythm)

    for number, tickets in groupby(later, period):
        yield number, list(tickets)


def _parts(period: int, tickets: list[PastTicket]) -> Iterator[tuple[str, list[PastTicket]]]:
    for at in range(0, len(tickets), PART):
        yield f"{period:06d}-{at // PART:06d}", tickets[at : at + PART]


class _Desks:
    """Makes the desk of each period; where its training teaches nothing, the one before goes on."""

    def __init__(
        self, timeline: Timeline, start: float, rhythm: float | None, trainer: Trainer, notes: ReplayNotes
    ) -> None:
        self._timeline = timeline
        self._start = start
        self._rhythm = rhythm or 0.0
        self._trainer = trainer
        self._notes = notes
        self._untaught: set[int] = set()
        self._walk: _Walk | None = None
        self._trained = -1

    def walk(self, period: int, tell: Callable[[str], None]) -> "_Walk":
        """Return the walk of the latest training, up to the period's own, that taught something."""
        while period in self._untaught:
            period -= 1
        if self._walk is None or self._trained != period:
            moment = self._start + period * self._rhythm
            known = self._timeline.known(moment)
            try:
                desk = self._trainer.train(moment, known, lambda stage: tell(f"training: {stage}"))
            except TrainingError as error:
                if period == 0:
                    raise
                self._untaught.add(period)
                self._notes.untaught.append(str(error))
                return self.walk(period - 1, tell)
            self._notes.trainings += 1
            self._walk, self._trained = _Walk(self._timeline, desk), period
        return self._walk


class _Walk:
    """A desk going along a timeline."""

    def __init__(self, timeline: Timeline, desk: Desk) -> None:
        self.desk = desk
        self._timeline = timeline
        self._place = timeline.place(desk.trained_at)

    def decide(self, chunk: Sequence[PastTicket]) -> tuple[list[Decision], list[SuggestionRow] | None]:
        """Decide tickets in order of filing, each after everything that was known by then."""
        decisions: list[Decision] = []
        suggestions: list[SuggestionRow] = []
        suggests = False
        self.desk.read([past.ticket for past in chunk])
        for place, alike in groupby(chunk, lambda past: self._timeline.place(filed_at(past))):
            together = list(alike)
            for event in self._timeline.news(self._place, place):
                self.desk.learn(event)
            self._place = max(self._place, place)
            tickets = [past.ticket for past in together]
            decisions += self.desk.decide(tickets)
            suggested = self.desk.suggest(tickets)
            if suggested is not None:
                suggests = True
                suggestions += suggested
        return decisions, suggestions if suggests else None
