"""Which of a history's values are learnt: today's names, often enough, still in use, people still there."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from training.config import TrainingConfig
from training.retired import retired_labels
from triage.agent import Agent
from triage.taxonomy import Taxonomy
from triage.ticket import FIELDS, PastTicket

__all__ = ["labels_to_learn", "with_todays_names"]


def labels_to_learn(
    history: Sequence[PastTicket], config: TrainingConfig, agents: Sequence[Agent], ordered: bool
) -> dict[str, list[str | None]]:
    """Return today's label of every ticket by field; None where there is none or it is not learnt.

    A field with fewer than two labels is left out, unless two or more are described.
    """
    taxonomy = Taxonomy({}, config.merged)
    present = {agent.agent for agent in agents}
    labels: dict[str, list[str | None]] = {}
    for name in config.targets or FIELDS:
        values = [
            taxonomy.current(name, past.labels[name]) if past.labels.get(name) else None for past in history
        ]
        if name == "assignee" and present:
            values = [value if value in present else None for value in values]
        counts = Counter(value for value in values if value is not None)
        kept = {
            label for label, count in counts.most_common(config.max_labels) if count >= config.min_label_count
        }
        if ordered:
            kept -= retired_labels(values)
        described = sum(bool(text.strip()) for text in config.descriptions.get(name, {}).values())
        if len(kept) >= 2 or described >= 2:
            labels[name] = [value if value in kept else None for value in values]
    return labels


def with_todays_names(
    history: Sequence[PastTicket], merged: Mapping[str, Mapping[str, str]]
) -> Sequence[PastTicket]:
    """Return the tickets with today's names of all their labels, none left out.

    Parameters
    ----------
    history : sequence of PastTicket
        As the helpdesk wrote it.
    merged : Mapping of str to Mapping of str to str
        By field: labels of the past and the ones that took their place.
    """
    if not any(merged.values()):
        return history
    taxonomy = Taxonomy({}, merged)
    return [
        replace(past, labels={name: taxonomy.current(name, label) for name, label in past.labels.items()})
        for past in history
    ]
