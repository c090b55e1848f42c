"""Which names a workspace knows as teams: of its agents, and of what its model learnt."""

from serving.model_host import ModelHost
from triage.errors import NotFoundError
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.policies import read_policy

__all__ = ["expect_stopped", "expect_team", "known_teams"]


def known_teams(store: Store, models: ModelHost, workspace: str) -> set[str]:
    """Return the teams that agents are in or that the champion can name."""
    teams = {name for one in list_agents(store, workspace) for name in one.all_teams}
    bundle = models.bundle(workspace)
    if bundle is not None:
        teams |= {one.label for one in bundle.manifest.taxonomy.labels.get("team", ())}
    return teams


def expect_team(store: Store, models: ModelHost, workspace: str, team: str) -> None:
    """See to it that a team is known: a mistyped one would look stopped and go on.

    Raises
    ------
    NotFoundError
        If neither an agent nor the model knows it.
    """
    if team not in known_teams(store, models, workspace):
        raise NotFoundError(
            f"Got team {team!r}, which no agent is in and the model does not know; expected one of those. "
            "GET /v1/agents lists them."
        )


def expect_stopped(store: Store, workspace: str, team: str) -> None:
    """See to it that a team's automation is stopped.

    Raises
    ------
    NotFoundError
        If it is not.
    """
    if team not in read_policy(store, workspace).policy.stopped_teams:
        raise NotFoundError(
            f"Got team {team!r}, which is not stopped; expected one of `stopped_teams` in the policy."
        )
