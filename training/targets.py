"""What an admin wants promised of a field and of single labels, as ``[promise.<field>]`` says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.errors import ConfigurationError
from triage.policy import PromiseKind

__all__ = ["FieldTarget", "LabelTarget"]

EXAMPLE = (
    "[promise.category] and below it target = 0.9, or "
    '[promise.category.labels] and below it "security" = { kind = "recall", target = 0.9 }'
)


@dataclass(frozen=True, slots=True)
class LabelTarget:
    """One label's own target.

    Parameters
    ----------
    kind : PromiseKind
        Precision: of what is applied with this label, that share is right. Recall: of the tickets that are
        truly of this label, that share is flagged or applied with it.
    target : float
        Above 0 and below 1.
    """

    kind: PromiseKind
    target: float

    def __post_init__(self) -> None:
        if self.kind is PromiseKind.COVERAGE:
            raise ConfigurationError(
                "Got kind='coverage' for a label; expected 'precision' or 'recall'. Coverage is asked of a "
                "whole field: set it in [promise.<field>]."
            )
        _refuse_share(self.target)


@dataclass(frozen=True, slots=True)
class FieldTarget:
    """A field's target, and those of labels that have their own.

    Parameters
    ----------
    kind : PromiseKind, default=PromiseKind.PRECISION
        Precision: of what is applied, that share is right. Coverage: to that share of tickets a value is
        applied.
    target : float, default=0.95
        Above 0 and below 1.
    labels : Mapping of str to LabelTarget
        By label. Where a ticket may be flagged with several labels, the first one named here has it.

    Raises
    ------
    ConfigurationError
        If recall is asked of a whole field, or a share is out of range.
    """

    kind: PromiseKind = PromiseKind.PRECISION
    target: float = 0.95
    labels: Mapping[str, LabelTarget] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind is PromiseKind.RECALL:
            raise ConfigurationError(
                "Got kind='recall' for a field; expected 'precision' or 'coverage'. Recall is asked of "
                "labels: name them in [promise.<field>.labels]."
            )
        _refuse_share(self.target)

    @classmethod
    def from_document(cls, name: str, document: Any, *, target: float) -> "FieldTarget":
        """Read one ``[promise.<field>]`` table.

        Parameters
        ----------
        name : str
            The field's, for messages.
        document : Mapping
            ``kind``, ``target`` and ``labels``, each optional. A label's value is a table of ``kind`` and
            ``target``, or a number: a precision.
        target : float
            The precision where the table names none; a coverage has to be named.

        Raises
        ------
        ConfigurationError
            If a key, a kind or a share is not one that exists.
        """
        where = f"promise.{name}"
        table = _table(document, where, {"kind", "target", "labels"})
        kind = _kind(table.get("kind", "precision"), where)
        if kind is not PromiseKind.PRECISION and "target" not in table:
            raise ConfigurationError(f"Got {where} with kind={kind.value!r} and no target; expected one.")
        labels = _table(table.get("labels", {}), f"{where}.labels", None)
        found = {label: _label_target(one, f"{where}.labels.{label}") for label, one in labels.items()}
        return cls(kind, _share(table.get("target", target), where), found)


def _label_target(document: Any, where: str) -> LabelTarget:
    if not isinstance(document, Mapping):
        return LabelTarget(PromiseKind.PRECISION, _share(document, where))
    table = _table(document, where, {"kind", "target"})
    if "target" not in table:
        raise ConfigurationError(f"Got {where} without target; expected a share above 0 and below 1.")
    return LabelTarget(_kind(table.get("kind", "precision"), where), _share(table["target"], where))


def _table(given: Any, where: str, known: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {where}={given!r}; expected a table. For example: {EXAMPLE}")
    unknown = sorted(set(given) - known) if known is not None else []
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known or ()))}."
        )
    return given


def _kind(given: Any, where: str) -> PromiseKind:
    kinds = [one.value for one in PromiseKind]
    if given not in kinds:
        raise ConfigurationError(f"Got kind={given!r} in {where}; expected one of {', '.join(kinds)}.")
    return PromiseKind(given)


def _share(given: Any, where: str) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ConfigurationError(
            f"Got target={given!r} in {where}; expected a share above 0 and below 1. "
            "For example: target = 0.9"
        )
    _refuse_share(given, where)
    return float(given)


def _refuse_share(given: float, where: str = "a promise") -> None:
    if not 0.0 < given < 1.0:
        raise ConfigurationError(f"Got target={given} in {where}; expected a share above 0 and below 1.")
