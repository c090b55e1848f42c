"""Which stored tickets a caller sees where tickets are listed, or named beside another one.

A ticket is out of sight where it is with none of the teams that a caller is held to, and where it is
confidential. What a caller may do with a ticket whose id they have is :mod:`serving.reach`.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from serving.caller import Caller
from serving.roles import Role
from triage.helping.policy import HelpingPolicy
from triage.store import Store
from triage.store.known_labels import known_labels
from triage.store.policies import read_policy
from triage.store.ticket_place import TicketPlace, places_of_tickets

__all__ = ["Sight", "work_in_sight"]


@dataclass(frozen=True, slots=True)
class Sight:
    """How much a caller sees of a workspace's tickets.

    Parameters
    ----------
    sees_confidential : bool, default=False
        Whether confidential tickets, too.
    teams : frozenset of str or None, default=None
        The teams whose tickets they see; None: all.
    agent : str or None, default=None
        Who they are among the agents: a ticket of their own is no other team's.
    does_work : bool, default=False
        Whether they look at work to be done, in which handlers see confidential tickets of their own: whoever
        has one, and who is held to teams of which one is its team.
    policy : HelpingPolicy
        Says what is confidential; by default nothing is.
    """

    sees_confidential: bool = False
    teams: frozenset[str] | None = None
    agent: str | None = None
    does_work: bool = False
    policy: HelpingPolicy = field(default_factory=HelpingPolicy)

    @classmethod
    def of(cls, caller: Caller) -> "Sight":
        """Return what a caller sees; :meth:`under` says what is confidential."""
        return cls(caller.role is Role.ADMIN, caller.teams, caller.agent)

    def under(self, policy: HelpingPolicy) -> "Sight":
        """Return the same sight under a policy."""
        return replace(self, policy=policy)

    @property
    def sees_all(self) -> bool:
        """Whether nothing is out of sight."""
        return self.teams is None and (self.sees_confidential or not self.policy.confidential)

    @property
    def key(self) -> Hashable:
        """What :meth:`hides` depends on: of equal ones the same labels are out of sight."""
        confidential = frozenset(self.policy.confidential.items())
        return self.sees_confidential, self.teams, self.agent, self.does_work, confidential

    def hides(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels put a ticket out of sight; what holds is said by :meth:`among`.

        One whose labels name no team may be with any.
        """
        team, agent = labels.get("team"), labels.get("assignee")
        place = TicketPlace(team, agent)
        return (team is not None and not self._is_near(place)) or self._is_secret(labels, place)

    def among(self, store: Store, workspace: str, ticket_ids: Collection[str]) -> set[str]:
        """Return which of some tickets are stored and in sight, as things stand at this moment."""
        ids = list(dict.fromkeys(ticket_ids))
        labels = known_labels(store, workspace, ids)
        if self.sees_all:
            return set(labels)
        places = places_of_tickets(store, workspace, list(labels))
        return {
            name
            for name, place in places.items()
            if self._is_near(place) and not self._is_secret(labels[name], place)
        }

    def filter(self, store: Store, workspace: str) -> Callable[[Collection[str]], set[str]] | None:
        """Return :meth:`among` of a workspace for the store to ask, None where nothing is out of sight."""
        return None if self.sees_all else partial(self.among, store, workspace)

    def _is_own(self, place: TicketPlace) -> bool:
        return self.agent is not None and place.agent == self.agent

    def _is_near(self, place: TicketPlace) -> bool:
        return self.teams is None or place.team in self.teams or self._is_own(place)

    def _is_secret(self, labels: Mapping[str, str], place: TicketPlace) -> bool:
        if self.sees_confidential or not self.policy.hides(labels):
            return False
        is_handler = self._is_own(place) or (self.teams is not None and place.team in self.teams)
        return not (self.does_work and is_handler)


def work_in_sight(store: Store, caller: Caller) -> Sight:
    """Return what a caller sees of the work to be done: queues, promises, notices, incidents."""
    policy = read_policy(store, caller.workspace).policy.helping
    return replace(Sight.of(caller), does_work=True, policy=policy)
