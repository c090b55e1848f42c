"""Labels that a policy names and nobody knows: told when it is set, and never refused.

A label may be named before its first ticket comes, what shall be confidential above all. A typing error looks
the same, and nothing would ever follow from it.
"""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from triage.agent import Agent
from triage.policy import Policy
from triage.routing.policy import RoutingPolicy
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.ticket_facts import has_labels, labels_in_use
from triage.taxonomy import Taxonomy

__all__ = ["unknown_labels"]


def unknown_labels(store: Store, workspace: str, policy: Policy, taxonomy: Taxonomy | None) -> list[str]:
    """Say of each label that a policy names whether nothing follows from it, since nobody knows it.

    Known are the labels that the champion learnt, those of stored tickets, and the teams and names of agents.
    Skills that tickets need, and teams that are asked when another has nobody, are known when an agent has
    them. Of a field of which nobody knows a label nothing is said.

    Parameters
    ----------
    store : Store
        Holds tickets and agents.
    workspace : str
        Whose policy.
    policy : Policy
        As it is set.
    taxonomy : Taxonomy or None
        The champion's; None where there is none.
    """
    agents = list_agents(store, workspace)
    people = {
        "team": {name for one in agents for name in one.all_teams},
        "assignee": {one.agent for one in agents},
    }
    warnings = []
    for where, field, named in _named(policy):
        learnt = {one.label for one in taxonomy.labels.get(field, ())} if taxonomy is not None else set()
        known = learnt | people.get(field, set())
        unknown = named - known
        if not unknown:
            continue
        unknown -= labels_in_use(store, workspace, field, unknown)
        if not unknown or not (known or has_labels(store, workspace, field)):
            continue
        for label in sorted(unknown):
            warnings.append(
                f"{where} names {label!r}, which neither the model nor a stored ticket has as {field}: "
                f"nothing follows from it until one has. {_ask(label, known)}"
            )
    return [*warnings, *_without_agents(policy.routing, agents)]


def _ask(label: str, known: Iterable[str]) -> str:
    alike = get_close_matches(label, sorted(known), n=1)
    return f"Did you mean {alike[0]!r}?" if alike else "Is it spelt as the helpdesk spells it?"


def _without_agents(routing: RoutingPolicy, agents: Sequence[Agent]) -> Iterator[str]:
    """Yield what is to be said of skills and teams that are looked for among agents, and that none has."""
    skills = {name for one in agents for name in one.skills}
    teams = {name for one in agents for name in one.all_teams}
    looked_for = [
        (f"routing.skills.{category}", "skill", set(needed), skills, "nobody is given what needs it")
        for category, needed in routing.skills.items()
    ] + [
        (f"routing.teams.{name}.escalates_to", "team", set(one.escalates_to), teams, "nobody is asked there")
        for name, one in routing.teams.items()
    ]
    for where, what, named, known, follows in looked_for:
        for label in sorted(named - known) if known else ():
            yield (
                f"{where} names {label!r}, which no agent has as {what}: {follows} until one has. "
                f"{_ask(label, known)}"
            )


def _named(policy: Policy) -> Iterator[tuple[str, str, set[str]]]:
    """Yield where in a policy labels are named, of which field, and which."""
    for field, labels in policy.helping.confidential.items():
        yield f"helping.confidential.{field}", field, set(labels)
    yield "helping.auto_resolve.categories", "category", set(policy.helping.auto_resolve.categories)
    for field, one in policy.fields.items():
        yield f"fields.{field}.thresholds", field, set(one.thresholds)
        yield f"fields.{field}.never_automate", field, set(one.never_automate)
    yield "routing.skills", "category", set(policy.routing.skills)
    yield "routing.teams", "team", set(policy.routing.teams)
