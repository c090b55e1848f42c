"""The policy of each workspace, as an admin last left it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import bindparam, select

from triage.errors import ConflictError
from triage.policy import Policy
from triage.store.database import Store
from triage.store.schema import policies
from triage.store.upsert import upsert

__all__ = ["StoredPolicy", "read_policy", "stop_team", "write_policy"]


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A policy with its version, which counts the changes; 0 and None when nobody ever set one."""

    policy: Policy
    version: int = 0
    updated_at: datetime | None = None
    updated_by: str | None = None


_READ = select(policies).where(policies.c.workspace == bindparam("named"))


def read_policy(store: Store, workspace: str) -> StoredPolicy:
    """Return the workspace's policy as it stands now, ``Policy()`` when nobody ever set one."""
    with store.reading(workspace) as connection:
        row = connection.execute(_READ, {"named": workspace}).first()
    if row is None:
        return StoredPolicy(Policy())
    return StoredPolicy(Policy.from_document(row.document), row.version, row.updated_at, row.updated_by)


def write_policy(
    store: Store, workspace: str, policy: Policy, actor: str, *, expected_version: int | None = None
) -> StoredPolicy:
    """Replace the workspace's policy.

    Parameters
    ----------
    store : Store
        Where to.
    workspace : str
        Whose policy it is.
    policy : Policy
        The new one.
    actor : str
        Who changes it.
    expected_version : int, optional
        The version that the change was made from; by default whatever stands there is replaced.

    Raises
    ------
    ConflictError
        If somebody else changed the policy since.
    """
    with store.writing(workspace) as connection:
        stands = read_policy(store, workspace)
        if expected_version is not None and expected_version != stands.version:
            raise ConflictError(
                f"Got a change of policy version {expected_version}; expected version {stands.version}, "
                "which stands now. Read the policy again and repeat the change on it."
            )
        changed = StoredPolicy(policy, stands.version + 1, datetime.now(UTC), actor)
        row = {
            "workspace": workspace,
            "document": policy.to_document(),
            "version": changed.version,
            "updated_at": changed.updated_at,
            "updated_by": actor,
        }
        upsert(connection, policies, [row])
    return changed


def stop_team(
    store: Store, workspace: str, team: str, actor: str, *, is_stopped: bool = True
) -> StoredPolicy:
    """Stop automation for the tickets of one team, or let it go on; the rest of the policy stays.

    Parameters
    ----------
    store : Store
        Where the policy is.
    workspace : str
        Whose policy it is.
    team : str
        The team's name.
    actor : str
        Who does it.
    is_stopped : bool, default=True
        False: automation goes on.

    Returns
    -------
    StoredPolicy
        As it stands then; where nothing changed, no new version.
    """
    with store.writing(workspace):
        stands = read_policy(store, workspace)
        stopped = stands.policy.stopped_teams
        wanted = stopped | {team} if is_stopped else stopped - {team}
        if wanted == stopped:
            return stands
        return write_policy(store, workspace, replace(stands.policy, stopped_teams=wanted), actor)
