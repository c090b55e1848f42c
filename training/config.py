"""What an admin may set for a training run: ``triage.toml``, every key with a default that works."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from training.config_kinds import refuse_wrong_kinds
from training.targets import FieldTarget
from triage.errors import ConfigurationError
from triage.policy import PromiseKind
from triage.ticket import FIELDS

__all__ = ["TrainingConfig"]


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """Settings of one training run.

    Parameters
    ----------
    targets : tuple of str
        Fields to learn; empty: every field that the history has labels for.
    target_precision : float, default=0.95
        What applied values promise, unless a field has its own.
    target_precisions : Mapping of str to float
        By field.
    promise : Mapping of str to FieldTarget
        By field: coverage instead of precision, or labels with targets of their own. A field stands here or
        under ``target_precisions``, not in both.
    merged : Mapping of str to Mapping of str to str
        By field: labels of the past and the ones that took their place.
    descriptions : Mapping of str to Mapping of str to str
        By field: what a label means, in a sentence or two. Read beside the label's name; a label that no
        ticket has yet is learnt from its description alone.
    min_label_count : int, default=2
        Labels with fewer tickets are not learnt: nothing could be held out to judge them by.
    max_labels : int, default=2000
        The most frequent labels of a field are learnt.
    neighbours : int, default=50000
        Newest past tickets kept for similar tickets and familiarity.
    seed : int, default=0
        Of everything random.
    encoder : str, default=""
        Folder of the encoder, as `triage encoder tune` or `build` made it; empty: ``$TRIAGE_ENCODER``, else
        the shipped one.
    redact : bool, default=False
        Take addresses, numbers, secrets and names of agents and requesters out of texts before anything is
        learnt from them; the model does the same with every ticket that it decides.
    """

    targets: tuple[str, ...] = ()
    target_precision: float = 0.95
    target_precisions: Mapping[str, float] = field(default_factory=dict)
    promise: Mapping[str, FieldTarget] = field(default_factory=dict)
    merged: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    descriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    min_label_count: int = 2
    max_labels: int = 2_000
    neighbours: int = 50_000
    seed: int = 0
    encoder: str = ""
    redact: bool = False

    def __post_init__(self) -> None:
        refuse_wrong_kinds({one.name: getattr(self, one.name) for one in fields(self)})
        for name in (*self.targets, *self.target_precisions, *self.promise, *self.merged, *self.descriptions):
            if name not in FIELDS:
                raise ConfigurationError(f"Got field {name!r}; expected one of {', '.join(FIELDS)}.")
        for name, value in {"target_precision": self.target_precision, **self.target_precisions}.items():
            if not 0.0 < value < 1.0:
                raise ConfigurationError(f"Got {name}={value}; expected a share above 0 and below 1.")
        for name in sorted(set(self.promise) & set(self.target_precisions)):
            raise ConfigurationError(
                f"Got {name!r} under promise and under target_precisions; expected one of them."
            )
        for name, least in (("min_label_count", 2), ("max_labels", 2), ("neighbours", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ConfigurationError(f"Got {name}={getattr(self, name)}; expected {least} or more.")

    def target_for(self, name: str) -> FieldTarget:
        """Return what shall be promised of a field."""
        precision = self.target_precisions.get(name, self.target_precision)
        return self.promise.get(name, FieldTarget(target=precision))

    def precision_for(self, name: str) -> float:
        """Return which precision shall be promised of a field; the general one where it has a coverage."""
        target = self.target_for(name)
        return target.target if target.kind is PromiseKind.PRECISION else self.target_precision

    def with_precision(self, share: float) -> "TrainingConfig":
        """Return the settings with one target precision for all fields; coverages and labels stay."""
        promise = {
            name: replace(one, target=share) if one.kind is PromiseKind.PRECISION else one
            for name, one in self.promise.items()
        }
        return replace(self, target_precision=share, target_precisions={}, promise=promise)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "TrainingConfig":
        """Read the settings of a parsed file.

        Raises
        ------
        ConfigurationError
            If a key does not exist or a value is out of range.
        """
        known = {one.name for one in fields(cls)}
        unknown = sorted(set(document) - known)
        if unknown:
            raise ConfigurationError(
                f"Got {', '.join(map(repr, unknown))}; expected only {', '.join(sorted(known))}."
            )
        given = dict(document)
        if isinstance(given.get("targets"), list):
            given["targets"] = tuple(given["targets"])
        if isinstance(given.get("promise"), Mapping):
            precision = given.get("target_precision", cls().target_precision)
            given["promise"] = {
                name: FieldTarget.from_document(name, one, target=precision)
                for name, one in given["promise"].items()
            }
        return cls(**given)

    @classmethod
    def from_file(cls, path: Path) -> "TrainingConfig":
        """Read ``triage.toml``; see :meth:`from_document`."""
        try:
            return cls.from_document(tomllib.loads(path.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"Got {path}, which cannot be read as TOML: {error}.") from None
