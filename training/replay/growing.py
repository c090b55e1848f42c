"""A trained model that goes on learning between trainings, ticket by ticket.

What costs a training (heads, thresholds, calibration) stays as it is until the next one; what is only looked
up grows: here the past tickets that vote and that tell how familiar a ticket is. Whatever else can grow wraps
a :class:`Growing` in another one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from features.cleaning import clean_text
from features.model import TicketModel
from features.neighbours import NeighbourIndex
from triage.policy import Promise
from triage.ports import Model
from triage.prediction import Assessment
from triage.ticket import PastTicket, Ticket

__all__ = ["Growing", "GrowingModel", "GrowingNeighbours"]


class Growing(Model, Protocol):
    """A model as the engine sees it that also learns from single tickets."""

    def learn(self, past: PastTicket, at: float) -> None:
        """Take in a ticket whose labels have become known at a POSIX time; nothing is fitted."""
        ...


class GrowingModel:
    """A trained model whose neighbour index takes in tickets.

    Parameters
    ----------
    model : TicketModel
        Opened; it is taken over and changed.
    most : int
        Newest tickets kept in the index, as at training.
    """

    fast = None  # A replay shows what all views would have said.

    def __init__(self, model: TicketModel, most: int) -> None:
        self._model = model
        self._parts = [model] if model.formless is None else [model, model.formless]
        voted = {
            name: one.neighbour_classes
            for part in self._parts
            for name, one in part.fields.items()
            if one.neighbour_classes is not None
        }
        self._index = GrowingNeighbours(model.neighbours, voted, most)
        self._places = {
            name: {label: place for place, label in enumerate(model.fields[name].labels)} for name in voted
        }
        for part in self._parts:
            part.neighbours = self._index

    @property
    def promises(self) -> Mapping[str, Promise]:
        """The model's."""
        return self._model.promises

    @property
    def encoder(self) -> Any:
        """The model's."""
        return self._model.encoder

    def open(self, folder: Any, *, threads: int = 1) -> None:
        """Open the model."""
        self._model.open(folder, threads=threads)

    def assess(
        self, tickets: Sequence[Ticket], *, explain: bool = False, similar: int = 0, detail: bool = False
    ) -> list[Assessment]:
        """Assess with all that was learnt so far."""
        return self._model.assess(tickets, explain=explain, similar=similar, detail=detail)

    def learn(self, past: PastTicket, at: float) -> None:
        """Take in a ticket with text; a label that was not there at training has no vote until the next."""
        text = clean_text(past.ticket)
        if not (past.ticket.subject.strip() or past.ticket.body.strip()):
            return
        classes = {name: places.get(past.labels.get(name, ""), -1) for name, places in self._places.items()}
        (vector,) = self.encoder.encode([text])
        self._index.add(past.ticket.ticket_id, vector, past.labels, classes)
        for part in self._parts:
            for name in classes:
                if part.fields[name].neighbour_classes is not None:
                    voted = replace(part.fields[name], neighbour_classes=self._index.classes[name])
                    part.fields[name] = voted


class GrowingNeighbours(NeighbourIndex):
    """The newest past tickets: a new one comes at the end, the oldest goes.

    Parameters
    ----------
    index : NeighbourIndex
        To begin with; it is copied.
    classes : Mapping of str to ndarray of shape (n,)
        By field: the label of each ticket as an integer, -1 for none.
    most : int
        Tickets kept.

    Attributes
    ----------
    vectors, classes : ndarray, dict of str to ndarray
        Of the tickets kept, oldest first.
    """

    def __init__(self, index: NeighbourIndex, classes: Mapping[str, np.ndarray], most: int) -> None:
        super().__init__(index.vectors, index.ticket_ids, index.labels)
        self.classes = dict(classes)
        self._most = most
        self._first, self._end = 0, len(index.ticket_ids)
        self._rows = np.asarray(index.vectors)
        self._kinds = {name: np.asarray(kinds) for name, kinds in classes.items()}

    def candidates(self, vector: np.ndarray, count: int) -> np.ndarray:
        """Measure all: preparing for less costs more where rows come and go."""
        return self.all_near(vector, count)

    def add(
        self,
        ticket_id: str,
        vector: np.ndarray,
        labels: Mapping[str, str],
        classes: Mapping[str, int],
    ) -> None:
        """Take in a ticket.

        Parameters
        ----------
        ticket_id : str
            Its id.
        vector : ndarray of shape (dimension,)
            Its unit vector.
        labels : Mapping of str to str
            What became of it, by field.
        classes : Mapping of str to int
            Its label as an integer, for each field that votes.
        """
        if self._end == len(self._rows):
            self._make_room()
        self._rows[self._end] = vector
        for name, kinds in self._kinds.items():
            kinds[self._end] = classes[name]
        self.ticket_ids.append(ticket_id)
        self.labels.append(dict(labels))
        self._end += 1
        if self._end - self._first > self._most:
            self._first += 1
            del self.ticket_ids[0], self.labels[0]
        self.vectors = self._rows[self._first : self._end]
        self.classes = {name: kinds[self._first : self._end] for name, kinds in self._kinds.items()}

    def _make_room(self) -> None:
        """Move what is kept into arrays with room for half as many again: adding costs little on average."""
        kept = slice(self._first, self._end)
        count = self._end - self._first
        room = count + max(64, count // 2)
        self._rows = _moved(self._rows[kept], room)
        self._kinds = {name: _moved(kinds[kept], room) for name, kinds in self._kinds.items()}
        self._first, self._end = 0, count


def _moved(values: np.ndarray, room: int) -> np.ndarray:
    larger = np.empty((room, *values.shape[1:]), values.dtype)
    larger[: len(values)] = values
    return larger
