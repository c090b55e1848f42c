"""One page of the agents, by name: of a team, of whoever is looked for, or of all.

Only the agents of the page are looked at, however many there are.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from serving.floor import Floor
from serving.presence import Presence, presence_of
from triage.agent import Agent

__all__ = ["AgentPage", "agent_page"]


@dataclass(frozen=True, slots=True)
class AgentPage:
    """Some of the agents that were asked for.

    Parameters
    ----------
    shown : sequence of Presence
        How it stands with those of this page, by name.
    total : int
        How many there are on all pages.
    has_more : bool
        Whether a page follows.
    """

    shown: Sequence[Presence] = ()
    total: int = 0
    has_more: bool = False

    @property
    def next_after(self) -> str | None:
        """Name after which the next page begins; None: this is the last."""
        return self.shown[-1].agent.agent if self.has_more else None


def agent_page(
    floor: Floor | None, after: str, limit: int, *, team: str | None = None, search: str = ""
) -> AgentPage:
    """Return how it stands with the agents whose names come after one, at most so many, by name.

    Names are ordered by code points, whatever database holds them.

    Parameters
    ----------
    floor : Floor or None
        How things stand; None: there are no agents.
    after : str
        The last name that is known already; empty: from the first.
    limit : int
        How many at most, 1 or more; only those are looked at.
    team : str or None, default=None
        Only those of a team, which need not be their first.
    search : str, default=""
        Only those of whom each of these words stands in the name or in a team's, in any case.
    """
    if floor is None:
        return AgentPage()
    words = search.casefold().split()
    members = [one for one in floor.members(team) if not words or _has(one, words)]
    begin = bisect_right(members, after, key=lambda one: one.agent)
    page = members[begin : begin + limit]
    return AgentPage(
        [presence_of(one, floor) for one in page], len(members), begin + len(page) < len(members)
    )


def _has(agent: Agent, words: Sequence[str]) -> bool:
    names = [one.casefold() for one in (agent.agent, *agent.all_teams)]
    return all(any(word in name for name in names) for word in words)
