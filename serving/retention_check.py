"""Whether what the policy keeps for a while only was removed in time, for ``triage doctor``."""

from datetime import UTC, datetime, timedelta

from serving.check import Check, ok, warn
from triage.store import Store
from triage.store.policies import read_policy
from triage.store.retention import overdue_records
from triage.store.workspaces import list_workspaces

__all__ = ["retention_check"]

LATE = timedelta(days=2)
"""A worker removes once a day, and goes on the next day with what it could not end."""


def retention_check(store: Store) -> Check:
    """Count records that lie there for two days longer than their workspace's policy allows."""
    until = datetime.now(UTC) - LATE
    limited, late = 0, dict[str, int]()
    for workspace in (one.workspace for one in list_workspaces(store)):
        privacy = read_policy(store, workspace).policy.privacy
        limited += bool(privacy.retention)
        found = overdue_records(store, workspace, privacy, now=until)
        late |= {f"{one.kind.value} of {workspace}": one.records for one in found if one.records}
    if late:
        what = ", ".join(f"{count:,} {name}" for name, count in late.items())
        return warn(
            "retention",
            f"Longer here than the policy keeps them, by two days and more: {what}.",
            "Start a `triage worker`, which removes once a day, or run `triage retention`.",
        )
    if not limited:
        return ok("retention", "No policy limits how long anything is kept.")
    return ok("retention", "Nothing is older than the policy keeps it.")
