"""The priority scale, and the matrix by which a helpdesk makes a priority of impact and urgency.

A source's own value is kept beside the scale, never lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from triage.errors import ConfigurationError

__all__ = ["PRIORITIES", "PriorityMatrix", "rank"]

PRIORITIES: tuple[str, ...] = ("low", "normal", "high", "urgent")
"""From least to most urgent."""

Cell = tuple[str, str]


def rank(priority: str) -> int:
    """Return the place of a priority on the scale, 0 for ``low``.

    Parameters
    ----------
    priority : str
        One of :data:`PRIORITIES`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the value is not on the scale.

    Examples
    --------
    >>> rank("urgent") > rank("high")
    True
    """
    if priority not in PRIORITIES:
        raise ValueError(f"Got priority {priority!r}; expected one of {', '.join(PRIORITIES)}.")
    return PRIORITIES.index(priority)


@dataclass(frozen=True, slots=True)
class PriorityMatrix:
    """Impact and urgency to priority: one priority for every cell.

    Parameters
    ----------
    impacts, urgencies : tuple of str
        The two scales, least first.
    cells : Mapping of (str, str) to str
        Priority by (impact, urgency); every pair has one.
    priorities : tuple of str, default=PRIORITIES
        Their scale, least first.
    filled : frozenset of (str, str)
        Cells that no past ticket showed and that were filled in from their neighbours.

    Raises
    ------
    ConfigurationError
        If a scale is empty or names a label twice, or a cell is missing, unknown or off the scale.

    Examples
    --------
    >>> PriorityMatrix.default(("low", "medium", "high"), ("low", "medium", "high")).cells["high", "high"]
    'urgent'
    """

    impacts: tuple[str, ...]
    urgencies: tuple[str, ...]
    cells: Mapping[Cell, str]
    priorities: tuple[str, ...] = PRIORITIES
    filled: frozenset[Cell] = frozenset()

    def __post_init__(self) -> None:
        scales = {"impacts": self.impacts, "urgencies": self.urgencies, "priorities": self.priorities}
        for name, scale in scales.items():
            if not scale or len(set(scale)) != len(scale) or not all(scale):
                raise ConfigurationError(
                    f"Got {name}={list(scale)!r} of the priority matrix; expected one or more different "
                    "labels, least first."
                )
        pairs = set(product(self.impacts, self.urgencies))
        for cell in [*sorted(pairs - set(self.cells)), *sorted((set(self.cells) | self.filled) - pairs)]:
            what = "no priority for" if cell in pairs else "a priority for the unknown pair"
            raise ConfigurationError(
                f"Got {what} impact {cell[0]!r} and urgency {cell[1]!r}; expected one for each pair of the "
                "labels in impacts and urgencies."
            )
        for (impact, urgency), priority in self.cells.items():
            if priority not in self.priorities:
                raise ConfigurationError(
                    f"Got priority {priority!r} for impact {impact!r} and urgency {urgency!r}; expected "
                    "one of the labels in priorities, which are low, normal, high and urgent unless given."
                )

    @property
    def is_monotone(self) -> bool:
        """Whether more impact or more urgency never means less priority."""
        place = {one: at for at, one in enumerate(self.priorities)}
        grid = np.array([[place[self.cells[i, u]] for u in self.urgencies] for i in self.impacts])
        return bool((np.diff(grid, axis=0) >= 0).all() and (np.diff(grid, axis=1) >= 0).all())

    def chances(
        self,
        impact: np.ndarray,
        urgency: np.ndarray,
        impact_labels: Sequence[str],
        urgency_labels: Sequence[str],
        labels: Sequence[str],
    ) -> np.ndarray:
        """Carry the chances of impact and urgency through the matrix, taking them as independent.

        ``P(p) = sum over cells with priority p of P(impact) P(urgency)``.

        Parameters
        ----------
        impact : ndarray of shape (n, n_impact_labels)
            Probabilities, rows sum to 1; a value that a person set is one label with 1.
        urgency : ndarray of shape (n, n_urgency_labels)
            The same of urgency.
        impact_labels, urgency_labels : sequence of str
            In column order; labels that the matrix does not know carry nothing.
        labels : sequence of str
            The priorities wanted, in column order.

        Returns
        -------
        ndarray of shape (n, n_labels)
            Rows sum to the chance that both values are ones of the matrix: 1 where it knows all labels.
        """
        leads = np.zeros((len(impact_labels), len(urgency_labels), len(labels)))
        place = {label: at for at, label in enumerate(labels)}
        for row, one in enumerate(impact_labels):
            for column, other in enumerate(urgency_labels):
                at = place.get(self.cells.get((one, other), ""))
                if at is not None:
                    leads[row, column, at] = 1.0
        return np.asarray(np.einsum("ni,nu,iul->nl", impact, urgency, leads))

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :meth:`from_document`."""
        return {
            "impacts": list(self.impacts),
            "urgencies": list(self.urgencies),
            "priorities": list(self.priorities),
            "cells": {i: {u: self.cells[i, u] for u in self.urgencies} for i in self.impacts},
            "filled": [list(cell) for cell in sorted(self.filled)],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "PriorityMatrix":
        """Read the JSON form; ``priorities`` and ``filled`` may be left out.

        Raises
        ------
        ConfigurationError
            If it is not a whole matrix; the message names the mistake.
        """
        known = {"impacts", "urgencies", "priorities", "cells", "filled"}
        if (
            not isinstance(document, Mapping)
            or not {"impacts", "urgencies", "cells"} <= set(document) <= known
        ):
            raise ConfigurationError(
                f"Got {document!r} as a priority matrix; expected an object with impacts, urgencies and "
                "cells, and if need be priorities."
            )
        rows = document["cells"]
        if not isinstance(rows, Mapping) or not all(isinstance(row, Mapping) for row in rows.values()):
            raise ConfigurationError(
                f"Got cells={rows!r} of the priority matrix; expected for each impact an object of "
                "urgency and priority."
            )
        filled = document.get("filled", [])
        if not isinstance(filled, list) or not all(len(_labels(one, "filled")) == 2 for one in filled):
            raise ConfigurationError(
                f"Got filled={filled!r} of the priority matrix; expected pairs of impact and urgency."
            )
        return cls(
            _labels(document["impacts"], "impacts"),
            _labels(document["urgencies"], "urgencies"),
            {(i, u): priority for i, row in rows.items() for u, priority in row.items()},
            _labels(document.get("priorities", list(PRIORITIES)), "priorities"),
            frozenset((one[0], one[1]) for one in filled),
        )

    @classmethod
    def default(cls, impacts: Sequence[str], urgencies: Sequence[str]) -> "PriorityMatrix":
        """Lay the usual matrix over two scales, for a helpdesk that has none of its own yet.

        With three steps each it is the matrix that ServiceNow ships with, its five priorities folded onto
        our four (critical: urgent; high; moderate: normal; low and planning: low): the sum of both steps
        decides. Longer and shorter scales are stretched to three steps.
        """

        def steps(scale: Sequence[str]) -> dict[str, float]:
            return {one: 2 * at / max(1, len(scale) - 1) for at, one in enumerate(scale)}

        cells = {
            (i, u): PRIORITIES[max(0, round(a + b) - 1)]
            for (i, a), (u, b) in product(steps(impacts).items(), steps(urgencies).items())
        }
        return cls(tuple(impacts), tuple(urgencies), cells)


def _labels(given: Any, where: str) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ConfigurationError(
            f"Got {where}={given!r} of the priority matrix; expected a list of labels, least first."
        )
    return tuple(given)
