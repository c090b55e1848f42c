"""What is left out of an answer because it names confidential tickets, or erased ones.

Only admins see confidential ones; nobody sees erased ones.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from features.article_ranking import EXAMPLES_MAX
from triage.decision import Decision
from triage.duplicate import Duplicate
from triage.helping.policy import HelpingPolicy
from triage.knowledge import Ground, Suggestion
from triage.prediction import Assessment, Explanation
from triage.store import Store
from triage.store.known_labels import known_labels

__all__ = [
    "LOOKED_AT",
    "articles_shown",
    "decision_shown",
    "duplicates_shown",
    "tickets_named",
    "without_erased",
]

LOOKED_AT = 50
"""So many more tickets are looked at than are shown, so that confidential ones take nobody's place."""


def decision_shown(
    store: Store, workspace: str, decision: Decision, policy: HelpingPolicy, similar: int
) -> Decision:
    """Leave confidential tickets out of those that the model names: as similar, and as voters.

    A voter of which nothing is known is left out, too. The counts and weights of the votes stay.

    Parameters
    ----------
    store, workspace
        Where the labels of this moment are.
    decision : Decision
        With up to :data:`LOOKED_AT` more similar tickets than are shown.
    policy : HelpingPolicy
        Says what is confidential.
    similar : int
        Similar tickets to show.
    """
    seen = decision.assessment
    if seen is None:
        return decision
    learnt = {one.ticket_id: dict(one.labels) for one in seen.similar}
    voters = [
        voter.ticket_id for one in seen.explanations.values() for vote in one.votes for voter in vote.voters
    ]
    told = known_labels(store, workspace, list(dict.fromkeys([*learnt, *voters])))
    known = learnt.keys() | told.keys()
    hidden = {
        name for name in known if policy.hides(learnt.get(name, {})) or policy.hides(told.get(name, {}))
    }
    shown = known - hidden
    return replace(decision, assessment=_shown(seen, shown, similar))


def without_erased(decision: Decision, among: Callable[[Collection[str]], set[str]]) -> Decision:
    """Leave out of a decision which erased tickets it rests on; the counts and weights of the votes stay.

    Parameters
    ----------
    decision : Decision
        As the model made it, which may know tickets that were erased since.
    among : callable
        Returns which of some tickets were erased.
    """
    seen = decision.assessment
    if seen is None:
        return decision
    named = {one.ticket_id for one in seen.similar}
    for explanation in seen.explanations.values():
        named.update(voter.ticket_id for vote in explanation.votes for voter in vote.voters)
    gone = among(named)
    if not gone:
        return decision
    return replace(decision, assessment=_shown(seen, named - gone, len(seen.similar)))


def duplicates_shown(
    store: Store, workspace: str, found: Sequence[Duplicate], policy: HelpingPolicy, limit: int
) -> tuple[Duplicate, ...]:
    """Leave confidential tickets out of those that a ticket likely repeats; at most ``limit`` stay."""
    told = known_labels(store, workspace, [one.ticket_id for one in found])
    return tuple(one for one in found if not policy.hides(told.get(one.ticket_id, {})))[:limit]


def tickets_named(policy: HelpingPolicy, sees_all: bool) -> int:
    """Return how many tickets to ask for with each article, for :func:`articles_shown` to choose from."""
    return EXAMPLES_MAX if sees_all or not policy.confidential else EXAMPLES_MAX + LOOKED_AT


def articles_shown(
    store: Store,
    workspace: str,
    found: Sequence[Sequence[Suggestion]],
    policy: HelpingPolicy,
    *,
    sees_all: bool,
) -> list[tuple[Suggestion, ...]]:
    """Leave confidential tickets out of those that are said to have used an article.

    A ticket of which nothing is known is left out, too. The weights stay: they name nobody.

    Parameters
    ----------
    store, workspace
        Where the labels of this moment are.
    found : sequence of sequences of Suggestion
        By ticket, each article with :func:`tickets_named` tickets.
    policy : HelpingPolicy
        Says what is confidential.
    sees_all : bool
        Whether the asker may see confidential tickets: then all stays as it is.
    """
    if sees_all or not policy.confidential:
        return [tuple(one) for one in found]
    grounds = (ground for several in found for one in several for ground in one.because)
    names = dict.fromkeys(name for one in grounds if one.kind == "links" for name in one.examples)
    told = known_labels(store, workspace, list(names))
    shown = {name for name, labels in told.items() if not policy.hides(labels)}
    return [
        tuple(
            replace(one, because=tuple(_ground_shown(part, shown) for part in one.because)) for one in several
        )
        for several in found
    ]


def _ground_shown(ground: Ground, shown: set[str]) -> Ground:
    if ground.kind != "links":
        return ground
    return replace(ground, examples=tuple(one for one in ground.examples if one in shown)[:EXAMPLES_MAX])


def _shown(seen: Assessment, shown: set[str], similar: int) -> Assessment:
    return replace(
        seen,
        similar=tuple(one for one in seen.similar if one.ticket_id in shown)[:similar],
        explanations={name: _votes_shown(one, shown) for name, one in seen.explanations.items()},
    )


def _votes_shown(explanation: Explanation, shown: set[str]) -> Explanation:
    votes = [
        replace(vote, voters=tuple(one for one in vote.voters if one.ticket_id in shown))
        for vote in explanation.votes
    ]
    return replace(explanation, votes=tuple(vote for vote in votes if vote.voters))
