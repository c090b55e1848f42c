"""Labels that a policy names and nobody knows: told when it is set, and never refused.

A label may be named before its first ticket comes, what shall be confidential above all. A typing error looks
the same, and nothing would ever follow from it.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from triage.policy import Policy
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.ticket_facts import has_labels, labels_in_use
from triage.taxonomy import Taxonomy

__all__ = ["unknown_labels"]


def unknown_labels(store: Store, workspace: str, policy: Policy, taxonomy: Taxonomy | None) -> list[str]:
    """Say of each label that a policy names whether nothing follows from it, since nobody knows it.

    Known are the labels that the champion learnt, those of stored tickets, and the teams and names of agents.
    Of a field of which nobody knows a label nothing is said.

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
            alike = get_close_matches(label, sorted(known), n=1)
            ask = f"Did you mean {alike[0]!r}?" if alike else "Is it spelt as the helpdesk spells it?"
            warnings.append(
                f"{where} names {label!r}, which neither the model nor a stored ticket has as {field}: "
                f"nothing follows from it until one has. {ask}"
            )
    return warnings


def _named(policy: Policy) -> Iterator[tuple[str, str, set[str]]]:
    """Yield where in a policy labels are named, of which field, and which."""
    for field, labels in policy.helping.confidential.items():
        yield f"helping.confidential.{field}", field, set(labels)
    yield "helping.auto_resolve.categories", "category", set(policy.helping.auto_resolve.categories)
    for field, one in policy.fields.items():
        yield f"fields.{field}.thresholds", field, set(one.thresholds)
        yield f"fields.{field}.never_automate", field, set(one.never_automate)
