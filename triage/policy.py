"""What the admin allows: the mode of each field, thresholds, labels never automated, the kill switch.

Holds no learnt numbers of its own; those are the bundle's :class:`Promise`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from triage.errors import ConfigurationError
from triage.helping.policy import HelpingPolicy, read_helping
from triage.lifts import Lift
from triage.mode import Mode
from triage.priority import PRIORITIES, PriorityMatrix
from triage.privacy import PrivacyPolicy, read_privacy
from triage.routing.policy import RoutingPolicy
from triage.routing.policy_document import read_routing
from triage.ticket import FIELDS

__all__ = ["FieldPolicy", "Mode", "Policy", "PriorityPolicy", "Promise", "PromiseKind", "default_field"]


class PromiseKind(StrEnum):
    """What is promised: that applied values are right, that so many are applied, that a label is caught."""

    PRECISION = "precision"
    COVERAGE = "coverage"
    RECALL = "recall"


@dataclass(frozen=True, slots=True)
class Promise:
    """What was learnt on held-out time about when a field's predictions can be trusted.

    Parameters
    ----------
    target_precision : float
        The share of applied values that must be right. Where the admin asked for a coverage it is the
        precision that can be promised with it: the lower bound on held-out tickets.
    thresholds : Mapping of str to (float or None)
        Confidence that each label must reach; None where no threshold keeps the promise.
    suggest_at : float
        Confidence from which a value is worth showing to an agent.
    kind : PromiseKind, default=PromiseKind.PRECISION
        Of the field as a whole: precision or coverage.
    target_coverage : float, optional
        The share of tickets to apply, where ``kind`` is coverage.
    flags : Mapping of str to (float or None)
        Labels to be caught, first ones first: the probability from which a ticket is flagged with the label
        even if another is likelier. None where too few held-out tickets prove any.
    label_precisions : Mapping of str to float
        Labels whose applied values have a target precision of their own.
    label_recalls : Mapping of str to float
        The share of its tickets in which a label must be flagged or applied.
    """

    target_precision: float
    thresholds: Mapping[str, float | None]
    suggest_at: float
    kind: PromiseKind = PromiseKind.PRECISION
    target_coverage: float | None = None
    flags: Mapping[str, float | None] = field(default_factory=dict)
    label_precisions: Mapping[str, float] = field(default_factory=dict)
    label_recalls: Mapping[str, float] = field(default_factory=dict)

    def flagged(self, labels: Sequence[str], probabilities: Any) -> str | None:
        """Return the first label to be caught whose probability reaches its flag, None without one."""
        for label, at in self.flags.items():
            if at is not None and label in labels and probabilities[labels.index(label)] >= at:
                return label
        return None


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """The admin's word on one field.

    Parameters
    ----------
    mode : Mode, default=Mode.APPLY
        ``off`` says nothing, ``shadow`` decides silently, ``suggest`` never applies, ``apply`` applies
        what reaches its threshold. Of the field ``assignee`` it is ``suggest`` unless the admin says more:
        a person's work is given away by who answers for it (ADR 0031).
    thresholds : Mapping of str to float
        Per label, in place of the learnt ones.
    never_automate : frozenset of str
        Labels that are never applied, whatever the confidence; survives retraining.
    """

    mode: Mode = Mode.APPLY
    thresholds: Mapping[str, float] = field(default_factory=dict)
    never_automate: frozenset[str] = frozenset()


def default_field(name: str) -> FieldPolicy:
    """Return the policy of a field of which the admin has said nothing."""
    return FieldPolicy(Mode.SUGGEST if name == "assignee" else Mode.APPLY)


@dataclass(frozen=True, slots=True)
class PriorityPolicy:
    """The admin's word on how priorities come about.

    Parameters
    ----------
    matrix : PriorityMatrix or None
        In place of the one found in the history; None: that one.
    lifts : tuple of Lift
        Rules that raise a priority.
    """

    matrix: PriorityMatrix | None = None
    lifts: tuple[Lift, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """The admin's word on a workspace.

    Parameters
    ----------
    kill_switch : bool, default=False
        True: nothing is applied or suggested, at once.
    stopped_teams : frozenset of str
        Teams whose own people threw the switch: nothing is applied or suggested for their tickets.
    fields : Mapping of str to FieldPolicy
        Fields not named here follow :func:`default_field`.
    disabled_guardrails : frozenset of str
        Names of :mod:`triage.guardrails` that do not hold here.
    priority : PriorityPolicy
        The matrix and the rules that raise priorities.
    routing : RoutingPolicy
        Who may be given which tickets, and how many.
    helping : HelpingPolicy
        What is confidential, when an article is offered, and whether one may be the answer.
    privacy : PrivacyPolicy
        How long what is kept, and how soon models follow an erasure.

    Examples
    --------
    >>> Policy.from_document({"fields": {"team": {"mode": "suggest"}}}).field("team").mode.value
    'suggest'
    """

    kill_switch: bool = False
    fields: Mapping[str, FieldPolicy] = field(default_factory=dict)
    disabled_guardrails: frozenset[str] = frozenset()
    priority: PriorityPolicy = PriorityPolicy()
    routing: RoutingPolicy = field(default_factory=RoutingPolicy)
    helping: HelpingPolicy = field(default_factory=HelpingPolicy)
    stopped_teams: frozenset[str] = frozenset()
    privacy: PrivacyPolicy = field(default_factory=PrivacyPolicy)

    def stops(self, team: str | None) -> bool:
        """Whether nothing may be applied or suggested for tickets of a team; None: of no team."""
        return self.kill_switch or team in self.stopped_teams

    def field(self, name: str) -> FieldPolicy:
        """Return the policy of one field."""
        return self.fields.get(name) or default_field(name)

    def to_document(self) -> dict[str, Any]:
        """Return the JSON form, the inverse of :meth:`from_document`."""
        return {
            "kill_switch": self.kill_switch,
            "stopped_teams": sorted(self.stopped_teams),
            "disabled_guardrails": sorted(self.disabled_guardrails),
            "fields": {
                name: {
                    "mode": policy.mode.value,
                    "thresholds": dict(policy.thresholds),
                    "never_automate": sorted(policy.never_automate),
                }
                for name, policy in self.fields.items()
            },
            "priority": {
                "matrix": self.priority.matrix.to_document() if self.priority.matrix else None,
                "lifts": [one.to_document() for one in self.priority.lifts],
            },
            "routing": self.routing.to_document(),
            "helping": self.helping.to_document(),
            "privacy": self.privacy.to_document(),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Policy":
        """Read the JSON form.

        Raises
        ------
        ConfigurationError
            If any part of it is not as it must be.
        """
        known = {"kill_switch", "stopped_teams", "fields", "disabled_guardrails"}
        known |= {"priority", "routing", "helping", "privacy"}
        _refuse_unknown(document, known, "the policy")
        fields = {}
        for name, part in _object(document.get("fields", {}), "fields").items():
            if name not in FIELDS:
                raise ConfigurationError(
                    f"Got a policy for field {name!r}; expected one of {', '.join(FIELDS)}."
                )
            fields[name] = _field_policy(name, part)
        kill_switch = document.get("kill_switch", False)
        if not isinstance(kill_switch, bool):
            raise ConfigurationError(f"Got kill_switch={kill_switch!r}; expected true or false.")
        disabled = _words(document.get("disabled_guardrails", ()), "disabled_guardrails")
        priority = _priority_policy(document.get("priority") or {})
        routing = read_routing(document.get("routing") or {})
        helping = read_helping(document.get("helping") or {})
        stopped = _words(document.get("stopped_teams", ()), "stopped_teams")
        privacy = read_privacy(document.get("privacy") or {})
        return cls(kill_switch, fields, disabled, priority, routing, helping, stopped, privacy)


def _field_policy(name: str, part: Any) -> FieldPolicy:
    part = _object(part, f"the policy of {name!r}")
    _refuse_unknown(part, {"mode", "thresholds", "never_automate"}, f"the policy of {name!r}")
    modes = [mode.value for mode in Mode]
    mode = part.get("mode", default_field(name).mode.value)
    if mode not in modes:
        raise ConfigurationError(f"Got mode {mode!r} for {name!r}; expected one of {', '.join(modes)}.")
    thresholds = _object(part.get("thresholds", {}), f"thresholds of {name!r}")
    for label, threshold in thresholds.items():
        if isinstance(threshold, bool) or not isinstance(threshold, int | float) or not 0 <= threshold <= 1:
            raise ConfigurationError(
                f"Got threshold={threshold!r} for {name} {label!r}; expected a number from 0 to 1."
            )
    never = _words(part.get("never_automate", ()), f"never_automate of {name!r}")
    return FieldPolicy(Mode(mode), dict(thresholds), never)


def _priority_policy(part: Any) -> PriorityPolicy:
    part = _object(part, "the policy of priorities")
    _refuse_unknown(part, {"matrix", "lifts"}, "the policy of priorities")
    given = part.get("matrix")
    matrix = None if given is None else PriorityMatrix.from_document(given)
    rules = part.get("lifts") or []
    if not isinstance(rules, list | tuple):
        raise ConfigurationError(f"Got lifts={rules!r}; expected a list of rules.")
    lifts = tuple(Lift.from_document(one) for one in rules)
    names = [one.name for one in lifts]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"Got lifts named {', '.join(names)}; expected a name of its own for each.")
    scale = matrix.priorities if matrix else PRIORITIES
    for one in lifts:
        if one.at_least is not None and one.at_least not in scale:
            raise ConfigurationError(
                f"Got at_least={one.at_least!r} in the lift {one.name!r}; expected one of "
                f"{', '.join(scale)}"
                + ("." if matrix else ", each of which stands for its place on the helpdesk's own scale.")
            )
    return PriorityPolicy(matrix, lifts)


def _object(given: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise ConfigurationError(f"Got {given!r} as {where}; expected an object of names and values.")
    return given


def _words(given: Any, where: str) -> frozenset[str]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ConfigurationError(f"Got {given!r} as {where}; expected a list of names.")
    return frozenset(given)


def _refuse_unknown(document: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(document) - known)
    if unknown:
        raise ConfigurationError(
            f"Got {', '.join(map(repr, unknown))} in {where}; expected only {', '.join(sorted(known))}."
        )
