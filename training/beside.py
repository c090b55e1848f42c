"""The peers beside a bundle: fitted on the history that it learnt from, judged on the same tickets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.encoder import Encoder
from training.history_hash import history_hash
from training.judge import JudgedField
from training.paired import figures_beside, score_tickets
from training.peers import fit_peers
from training.splits import has_order, in_order
from triage.bundle import Bundle
from triage.ticket import PastTicket

__all__ = ["PeersOf", "judge_beside"]


@dataclass(frozen=True, slots=True, eq=False)
class PeersOf:
    """A history for the peers to learn from, and what embeds its texts.

    Parameters
    ----------
    history : sequence of PastTicket
        That the bundle learnt from.
    encoder : Encoder
        The shipped one; one that remembers on disk saves the time that training has spent already.
    """

    history: Sequence[PastTicket]
    encoder: Encoder

    def is_same(self, bundle: Bundle) -> bool:
        """Whether the bundle learnt from exactly this history, by its hash."""
        ordered = has_order(self.history)
        return history_hash(in_order(self.history, ordered)) == bundle.manifest.data_hash


def judge_beside(
    bundle: Bundle, peers_of: PeersOf, tickets: Sequence[PastTicket], judged: Mapping[str, JudgedField]
) -> dict[str, dict[str, dict[str, float]]]:
    """Fit the peers field by field and judge them on the tickets that the bundle was judged on.

    They learn the labels that the bundle knows, from the tickets that carry one of them.

    Returns
    -------
    dict
        By field, then by peer: the figures of :func:`training.paired.figures_beside`.
    """
    ordered = has_order(peers_of.history)
    history = in_order(peers_of.history, ordered)
    taxonomy = bundle.manifest.taxonomy
    found = {}
    for name, one in judged.items():
        values = [
            taxonomy.current(name, past.labels[name]) if past.labels.get(name) else "" for past in history
        ]
        known = set(one.labels)
        rows = [row for row, value in enumerate(values) if value in known]
        if len({values[row] for row in rows}) < 2:
            continue
        labels, probabilities = fit_peers(
            [history[row] for row in rows],
            [values[row] for row in rows],
            [[tickets[row] for row in one.rows]],
            peers_of.encoder,
            ordered=ordered,
        )
        place = {label: column for column, label in enumerate(labels.tolist())}
        classes = np.array([place.get(label, -1) for label in one.truth])
        ours = score_tickets(one.probabilities.astype(float), one.classes)
        found[name] = {
            peer: figures_beside(ours, score_tickets(parts[0], classes))
            for peer, parts in probabilities.items()
        }
    return found
