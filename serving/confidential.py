"""What is left out of an answer because it names tickets out of the asker's sight, or erased ones.

Only admins see confidential ones, whoever is held to teams only theirs (:mod:`serving.sight`); nobody sees
erased ones.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from features.article_ranking import EXAMPLES_MAX
from serving.sight import Sight
from triage.decision import Decision
from triage.duplicate import Duplicate
from triage.knowledge import Ground, Suggestion
from triage.prediction import Assessment, Explanation
from triage.store import Store
from triage.store.tickets import get_tickets

__all__ = [
    "LOOKED_AT",
    "articles_shown",
    "decision_shown",
    "duplicates_shown",
    "tickets_named",
    "without_erased",
]

LOOKED_AT = 50
"""So many more tickets are looked at than are shown, so that those out of sight take nobody's place."""


def decision_shown(store: Store, workspace: str, decision: Decision, sight: Sight, similar: int) -> Decision:
    """Leave tickets out of sight out of those that the model names: as similar, and as voters.

    A voter of which nothing is known is left out, too. The counts and weights of the votes stay.

    Parameters
    ----------
    store, workspace
        Where tickets are at this moment.
    decision : Decision
        With up to :data:`LOOKED_AT` more similar tickets than are shown.
    sight : Sight
        What the asker sees.
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
    names = dict.fromkeys([*learnt, *voters])
    stored = set(get_tickets(store, workspace, list(names)))
    shown = {
        name
        for name in sight.among(store, workspace, stored)
        # What it was when the model learnt it may have been confidential, too.
        if sight.sees_confidential or not sight.policy.hides(learnt.get(name, {}))
    }
    # Of what only the model knows, what it learnt must say that it is in sight.
    shown |= {
        name
        for name in learnt.keys() - stored
        if not sight.hides(learnt[name]) and (sight.teams is None or learnt[name].get("team"))
    }
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
    store: Store, workspace: str, found: Sequence[Duplicate], sight: Sight, limit: int
) -> tuple[Duplicate, ...]:
    """Leave tickets out of sight out of those that a ticket likely repeats; at most ``limit`` stay."""
    shown = sight.among(store, workspace, [one.ticket_id for one in found])
    return tuple(one for one in found if one.ticket_id in shown)[:limit]


def tickets_named(sight: Sight) -> int:
    """Return how many tickets to ask for with each article, for :func:`articles_shown` to choose from."""
    return EXAMPLES_MAX if sight.sees_all else EXAMPLES_MAX + LOOKED_AT


def articles_shown(
    store: Store,
    workspace: str,
    found: Sequence[Sequence[Suggestion]],
    sight: Sight,
) -> list[tuple[Suggestion, ...]]:
    """Leave tickets out of sight out of those that are said to have used an article.

    A ticket of which nothing is known is left out, too. The weights stay: they name nobody.

    Parameters
    ----------
    store, workspace
        Where tickets are at this moment.
    found : sequence of sequences of Suggestion
        By ticket, each article with :func:`tickets_named` tickets.
    sight : Sight
        What the asker sees; where that is all, all stays as it is.
    """
    if sight.sees_all:
        return [tuple(one) for one in found]
    grounds = (ground for several in found for one in several for ground in one.because)
    names = dict.fromkeys(name for one in grounds if one.kind == "links" for name in one.examples)
    shown = sight.among(store, workspace, names)
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
