"""The labels of each field, their tree, and what became of labels that were renamed or merged.

A label's identity is its id; its name may change. Splitting a label is not an operation here: nothing
in a history tells which half an old ticket belongs to.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.errors import ConfigurationError

__all__ = ["Label", "Taxonomy"]


@dataclass(frozen=True, slots=True)
class Label:
    """One value of a field; ``parent`` is the id of a label of the field above it, if any."""

    label: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All labels by field, and the map from labels of the past to today's.

    Parameters
    ----------
    labels : Mapping of str to tuple of Label
        By field, sorted by id.
    merged : Mapping of str to Mapping of str to str
        By field: a label of the past and the one that took its place.

    Examples
    --------
    >>> Taxonomy({}, {"category": {"wifi": "network"}}).current("category", "wifi")
    'network'
    """

    labels: Mapping[str, tuple[Label, ...]]
    merged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Twelve hex digits that change when a label, the tree or the merge map changes."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()[:12]

    def current(self, field: str, label: str) -> str:
        """Follow renames and merges to today's label.

        Raises
        ------
        ConfigurationError
            If the merge map goes round in a circle.
        """
        merged = self.merged.get(field, {})
        seen = {label}
        while label in merged:
            label = merged[label]
            if label in seen:
                raise ConfigurationError(
                    f"Got a merge map for {field!r} that leads from {label!r} back to itself; "
                    "expected every chain to end in a label of today."
                )
            seen.add(label)
        return label

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :meth:`from_document`."""
        return {
            "labels": {
                name: [{"label": one.label, "name": one.name, "parent": one.parent} for one in labels]
                for name, labels in self.labels.items()
            },
            "merged": {name: dict(merged) for name, merged in self.merged.items()},
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Taxonomy":
        """Read the JSON form."""
        return cls(
            {name: tuple(Label(**one) for one in labels) for name, labels in document["labels"].items()},
            document.get("merged", {}),
        )

    @classmethod
    def from_labels(
        cls,
        labels: Mapping[str, Iterable[str]],
        parents: Mapping[str, Mapping[str, str]] | None = None,
        merged: Mapping[str, Mapping[str, str]] | None = None,
    ) -> "Taxonomy":
        """Make a taxonomy of labels seen in a history, each named by its id."""
        above = parents or {}
        return cls(
            {
                name: tuple(Label(one, one, above.get(name, {}).get(one)) for one in sorted(set(seen)))
                for name, seen in labels.items()
            },
            merged or {},
        )
