"""How it stands with the agents now, as the doors ask for it."""

from datetime import UTC, datetime
from typing import Protocol

from serving.floor import Floor
from serving.presence import Presence, presence_of
from triage.errors import NotFoundError
from triage.policy import Policy
from triage.store import Store
from triage.store.agents import get_agent
from triage.store.policies import read_policy

__all__ = ["floor_now", "presence_now"]


class Looks(Protocol):
    """Whoever knows how things stand."""

    def look(self, workspace: str, policy: Policy, now: datetime, *, fresh: bool = False) -> Floor | None:
        """See :meth:`serving.floor.FloorHost.look`."""
        ...


def floor_now(store: Store, host: Looks, workspace: str, *, fresh: bool = False) -> Floor | None:
    """Return how things stand now; None in a workspace that has no agents."""
    policy = read_policy(store, workspace).policy
    return host.look(workspace, policy, datetime.now(UTC), fresh=fresh)


def presence_now(store: Store, host: Looks, workspace: str, agent: str, *, fresh: bool = False) -> Presence:
    """Return how it stands with one agent now; ``fresh`` inside a transaction.

    Raises
    ------
    NotFoundError
        If there is none of that name; the name is not repeated.
    """
    stored = get_agent(store, workspace, agent)
    floor = floor_now(store, host, workspace, fresh=fresh)
    if stored is None or floor is None:
        raise NotFoundError(
            "Got an agent that this workspace does not have; GET /v1/agents, or `triage agents list`, names "
            "them."
        )
    return presence_of(stored, floor)
