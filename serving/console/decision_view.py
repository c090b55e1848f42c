"""A decision as the page shows it: fields in reading order, with their reasons, articles and kin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from serving.console.help_view import (
    ArticleView,
    DuplicateView,
    SimilarView,
    view_article,
    view_duplicates,
    view_similar,
)
from serving.console.highlight import Mark, mark_words, strength
from serving.plain_words import LEAST_DROP, assignment_reason, grounds_of, hinge_of, reason_of
from serving.triage_answer import Answer
from triage.assignment import Assignment
from triage.decision import Action, Decision, FieldDecision
from triage.helping.template import ReplySuggestion
from triage.prediction import Contribution, Deletion, Explanation, Voter
from triage.store import Store
from triage.store.tickets import get_tickets
from triage.taxonomy import Taxonomy
from triage.ticket import FIELDS, Ticket

__all__ = ["DecisionView", "FieldView", "label_names", "view_decision"]

SHOWN = 6
SUMMARY = {Action.APPLY: "apply", Action.SUGGEST: "suggest", Action.ABSTAIN: "abstain on"}
LEAST = 0.1
"""Of the strongest word or field: what moved it less is not worth a mention."""
NOTHING = 0.005
"""What would be shown as a weight of 0.00 moved nothing."""
DELETIONS_SHOWN = 3
VOTERS_SHOWN = 5
LEAST_SHARE = 0.01
"""Of the vote: a past ticket with less is counted, not named."""
WHOLES = ("meaning", "neighbours", "other", "calibration", "rest")
"""Kinds of parts that are shown after words and fields."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field: the decision, its reason in words, what moved it, and the labels it could have been.

    What moved it is told of the label ``explained``, the likeliest; the value may be another, to be caught.
    """

    decision: FieldDecision
    reason: str
    grounds: str
    explained: str | None
    against: str | None
    moved_by: tuple[tuple[Contribution, str], ...]
    voters: tuple[Voter, ...]
    more_voters: int
    itself: str | None
    deletions: tuple[Deletion, ...]
    subject: tuple[Mark, ...]
    body: tuple[Mark, ...]
    names: Mapping[str, str]
    actual: str | None
    has_choices: bool = False

    @property
    def others(self) -> tuple[tuple[str, float], ...]:
        """The likeliest labels but the one that is the value, with their confidence."""
        return tuple(one for one in self.decision.top if one[0] != self.decision.value)

    def name_of(self, label: str) -> str:
        """Return a label's name for people."""
        return self.names.get(label, label)


@dataclass(frozen=True, slots=True)
class DecisionView:
    """Everything about one decision; ``open_id`` names the stored ticket, where it waits for an agent."""

    decision: Decision
    fields: tuple[FieldView, ...]
    articles: tuple[ArticleView, ...]
    similar: tuple[SimilarView, ...]
    assignment: Assignment | None = None
    open_id: str | None = None
    duplicates: tuple[DuplicateView, ...] = ()
    replies: tuple[ReplySuggestion, ...] = ()

    @property
    def language(self) -> str | None:
        """Code of the language that the ticket is written in."""
        return self.decision.assessment.language if self.decision.assessment else None

    @property
    def lacks_form(self) -> bool:
        """Whether the text alone decided, as the ticket lacks the form that past ones had."""
        return bool(self.decision.assessment and self.decision.assessment.lacks_form)

    @property
    def summary(self) -> str:
        """What was decided, in one sentence."""
        said = []
        for action, words in SUMMARY.items():
            names = [one.decision.field for one in self.fields if one.decision.action is action]
            if names:
                said.append(f"{words} {'everything' if len(names) == len(self.fields) else _listed(names)}")
        sentence = "; ".join(said) or "every field is switched off by the policy"
        return f"{sentence[0].upper()}{sentence[1:]}."


def view_decision(
    store: Store,
    workspace: str,
    ticket: Ticket,
    answer: Answer,
    taxonomy: Taxonomy | None,
    actual: Mapping[str, str],
    open_id: str | None = None,
) -> DecisionView:
    """Gather what the page shows.

    Parameters
    ----------
    store : Store
        Has articles and past tickets.
    workspace : str
        Whose.
    ticket : Ticket
        What was decided.
    answer : Answer
        The decision and the articles.
    taxonomy : Taxonomy or None
        Names the labels; None when there is no model.
    actual : Mapping of str to str
        What became of the ticket, by field, where it is a past one.
    open_id : str, optional
        Names the stored ticket, where it waits for an agent: then it can be given to one.
    """
    decision = answer.decision
    itself = _itself(store, workspace, decision, ticket)
    order = [name for name in FIELDS if name in decision.fields]
    fields = [
        _view_field(decision, name, ticket, label_names(taxonomy, name), actual.get(name), itself)
        for name in order
    ]
    return DecisionView(
        decision,
        tuple(_with_choices(one, answer.assignment) for one in fields),
        tuple(view_article(store, workspace, one.article_id, one.title, one.url) for one in answer.articles),
        view_similar(store, workspace, answer, ticket),
        answer.assignment,
        open_id,
        view_duplicates(store, workspace, answer.duplicates),
        answer.helping.replies,
    )


def _with_choices(one: FieldView, assignment: Assignment | None) -> FieldView:
    """Let the people to choose from, or why there is nobody, stand in place of a bar."""
    if assignment is None or one.decision.field != "assignee":
        return one
    return replace(one, reason=assignment_reason(assignment), has_choices=bool(assignment.choices))


def label_names(taxonomy: Taxonomy | None, name: str) -> dict[str, str]:
    """Return the names of a field's labels by id, empty without a taxonomy."""
    return {} if taxonomy is None else {one.label: one.name for one in taxonomy.labels.get(name, ())}


def _view_field(
    decision: Decision,
    name: str,
    ticket: Ticket,
    names: Mapping[str, str],
    actual: str | None,
    itself: str | None,
) -> FieldView:
    one = decision.fields[name]
    explanation = decision.assessment.explanations.get(name) if decision.assessment else None
    if explanation and one.top and explanation.label != one.top[0][0]:
        explanation = None  # The matrix led elsewhere: these words explain nothing.
    cast = explanation.votes[0].voters if explanation and explanation.votes else ()
    voters = tuple(voter for voter in cast if voter.share >= LEAST_SHARE)
    # Beside the runner-up where that is known: there the parts add up to what was decided.
    moved_by = (explanation.parts or explanation.contributions) if explanation else ()
    return FieldView(
        decision=one,
        reason=reason_of(one, names),
        grounds=f"{grounds_of(one, explanation, names)} {hinge_of(one, explanation, names)}".strip()
        if explanation
        else "",
        explained=explanation.label if explanation else None,
        against=explanation.against if explanation else None,
        voters=voters[:VOTERS_SHOWN],
        more_voters=len(cast) - len(voters[:VOTERS_SHOWN]),
        itself=itself,
        deletions=_telling_deletions(one, explanation) if explanation else (),
        moved_by=tuple((part, strength(part, moved_by)) for part in _telling(moved_by)),
        subject=tuple(mark_words(ticket.subject, moved_by)),
        body=tuple(mark_words(ticket.body, moved_by)),
        names=names,
        actual=actual,
    )


def _telling(moved_by: Sequence[Contribution]) -> list[Contribution]:
    """Choose the words and fields that moved a decision most, then what text and past tickets did."""
    named = [part for part in moved_by if part.kind in ("word", "field") and any(map(str.isalnum, part.name))]
    named.sort(key=lambda part: -abs(part.weight))
    shown = [part for part in named[:SHOWN] if abs(part.weight) >= LEAST * abs(named[0].weight)]
    return shown + [part for part in moved_by if part.kind in WHOLES and abs(part.weight) >= NOTHING]


def _telling_deletions(one: FieldDecision, explanation: Explanation) -> tuple[Deletion, ...]:
    """Choose the deletions that would lower the confidence most."""
    if one.confidence is None or one.value != explanation.label:
        return ()
    confidence = one.confidence
    lower = [gone for gone in explanation.deletions if confidence - gone.confidence >= LEAST_DROP]
    return tuple(sorted(lower, key=lambda gone: gone.confidence)[:DELETIONS_SHOWN])


def _itself(store: Store, workspace: str, decision: Decision, ticket: Ticket) -> str | None:
    """Return the id under which the ticket is a past one: an example votes for itself, which is told."""
    found = decision.assessment.similar[:1] if decision.assessment else ()
    past = get_tickets(store, workspace, [one.ticket_id for one in found])
    return next((name for name, one in past.items() if one.ticket.text == ticket.text), None)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
