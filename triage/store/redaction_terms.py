"""Whether texts of a workspace are redacted before they are stored, and whose names are known there."""

from triage.policy import Policy
from triage.privacy import Redaction
from triage.store.agents import list_agents
from triage.store.database import Store
from triage.store.policies import read_policy

__all__ = ["people_to_redact"]


def people_to_redact(store: Store, workspace: str, policy: Policy | None = None) -> tuple[str, ...] | None:
    """Return the names of all agents; None where texts are stored as they are sent.

    Reads the policy where none is given.
    """
    stands = policy or read_policy(store, workspace).policy
    if stands.privacy.redaction is not Redaction.STORED:
        return None
    return tuple(one.agent for one in list_agents(store, workspace))
