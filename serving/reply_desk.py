"""Replies to start from: what agents sent for tickets that read like this one, and the workspace's macros."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from features.cleaning import clean, clean_text
from features.neighbours import TEMPERATURE
from features.redaction import redact
from features.reply_groups import ReplyGroup, fill_marks, group_replies
from features.solved_index import Alike
from serving.sight import Sight
from serving.solution_host import SolutionHost
from triage.helping.reply import Macro, Reply
from triage.helping.template import ReplySuggestion
from triage.store import Store
from triage.store.replies import list_macros, replies_of
from triage.store.tickets import get_tickets
from triage.ticket import PastTicket, Ticket

__all__ = ["ReplyDesk"]

NEIGHBOURS = 60
"""Solved tickets whose replies are grouped: a cluster around the ticket."""
TICKETS_NAMED = 3
LEAST_ALIKE = 0.5
"""Cosine from which a ticket's reply is offered: below it two tickets share what helps hardly more often than
any two do. Chosen by looking at real questions with linked articles; no benchmark measures it."""
LEAST_SHARE = 0.05
"""A reply with a smaller share of the similar tickets' replies is an odd one among them. A judgement."""
LEAST_MACRO = 0.4
"""Cosine from which a macro is offered for its words. Lower, since it is worded as an answer. Chosen by
looking at the articles linked to real questions; no benchmark measures it."""


@dataclass(frozen=True, slots=True)
class _MacroVectors:
    """Embeddings of a workspace's macros by text, and the fingerprint of the encoder that made them."""

    encoder: str
    vectors: Mapping[str, np.ndarray]


class ReplyDesk:
    """Suggests replies.

    Parameters
    ----------
    store : Store
        Keeps tickets, replies and macros.
    solutions : SolutionHost
        Finds tickets that read alike.
    """

    def __init__(self, store: Store, solutions: SolutionHost) -> None:
        self._store = store
        self._solutions = solutions
        self._vectors: dict[str, _MacroVectors] = {}

    def suggest(
        self, workspace: str, ticket: Ticket, count: int, sight: Sight
    ) -> tuple[ReplySuggestion, ...]:
        """Return replies to start from, best first; none where no ticket reads alike and no macro fits.

        A reply is ranked by the votes of the similar tickets that got it; nearer ones count more, as in the
        vote of :mod:`features.neighbours`. A ticket's first reply counts, or its resolution where no reply is
        known. A macro whose words fit votes for itself as a ticket as near would; one that those tickets got
        is named as such. Tickets below a cosine of 0.5 have no vote, macros below 0.4 neither, and a reply
        with less than a twentieth of the tickets' votes is left out.

        Parameters
        ----------
        workspace, ticket, count, sight
            As of :meth:`serving.solution_host.SolutionHost.alike`.
        """
        if count < 1:
            return ()
        near = self._solutions.alike(workspace, ticket, NEIGHBOURS, sight)
        near = [one for one in near if one.similarity >= LEAST_ALIKE]
        names = [one.ticket_id for one in near]
        past, replies = get_tickets(self._store, workspace, names), replies_of(self._store, workspace, names)
        shown = set(names) if sight.sees_all else sight.among(self._store, workspace, names)
        sent: list[tuple[Alike, str, str]] = []
        for one in near:
            stored = past.get(one.ticket_id)
            if stored is None or one.ticket_id not in shown:
                continue
            text, source = _sent(stored, replies.get(one.ticket_id, ()))
            if text:
                sent.append((one, text, source))
        macros = list_macros(self._store, workspace)
        fits = self._fits(workspace, ticket, macros)
        return tuple(_ranked(sent, macros, fits)[:count])

    def _fits(self, workspace: str, ticket: Ticket, macros: Sequence[Macro]) -> dict[str, float]:
        """Return the cosines of the macros whose words fit a ticket, by id."""
        if not macros:
            return {}
        encoder = self._solutions.encoder_of(workspace)
        texts = [f"{clean(one.title)}\n{clean(one.body)}" for one in macros]
        key, known = encoder.fingerprint, self._vectors.get(workspace)
        vectors = known.vectors if known is not None and known.encoder == key else {}
        new = [text for text in dict.fromkeys(texts) if text not in vectors]
        if new:
            made = zip(new, encoder.encode(new), strict=True)
            vectors = {text: vectors[text] for text in texts if text in vectors} | dict(made)
            self._vectors[workspace] = _MacroVectors(key, vectors)
        (vector,) = encoder.encode([clean_text(ticket)])
        cosines = [float(vectors[text] @ vector) for text in texts]
        return {
            one.macro_id: cosine for one, cosine in zip(macros, cosines, strict=True) if cosine >= LEAST_MACRO
        }


def _sent(past: PastTicket, replies: Sequence[Reply]) -> tuple[str, str]:
    """Return the first words that an agent sent, else what was written at closing, and which it is."""
    for one in replies:
        if not one.by_requester and one.body.strip():
            return one.body, "reply"
    return past.resolution or "", "resolution"


def _ranked(
    sent: Sequence[tuple[Alike, str, str]], macros: Sequence[Macro], fits: Mapping[str, float]
) -> list[ReplySuggestion]:
    similarities = np.array([one.similarity for one, _, _ in sent])
    best = max([*similarities, *fits.values()], default=0.0)
    votes = np.exp((similarities - best) / TEMPERATURE)
    own = {name: float(np.exp((cosine - best) / TEMPERATURE)) for name, cosine in fits.items()}
    found: list[tuple[float, ReplySuggestion]] = []
    named: set[str] = set()
    for group in group_replies([text for _, text, _ in sent]):
        members = list(group.members)
        macro = next((one for one in macros if fill_marks(group, one.body)), None)
        name = None if macro is None else macro.macro_id
        share = float(votes[members].sum() / votes.sum())
        if name is not None:
            named.add(name)
        if share < LEAST_SHARE and name not in own:
            continue
        suggestion = ReplySuggestion(
            reply_id=group.reply_id,
            text=group.text,
            placeholders=group.placeholders,
            source="macro" if macro else sent[members[0]][2],
            uses=len(members),
            share=share,
            ticket_ids=tuple(sent[place][0].ticket_id for place in members[:TICKETS_NAMED]),
            macro_id=name,
        )
        found.append((float(votes[members].sum()) + own.get(name or "", 0.0), suggestion))
    for one in macros:
        if one.macro_id in own and one.macro_id not in named:
            found += [(own[one.macro_id], told) for told in _of_macro(one)]
    return [suggestion for _, suggestion in sorted(found, key=lambda pair: -pair[0])]


def _of_macro(macro: Macro) -> list[ReplySuggestion]:
    groups: list[ReplyGroup] = group_replies([macro.body])
    return [
        replace(_plain(group), macro_id=macro.macro_id, text=redact(clean(macro.body)), placeholders=())
        for group in groups
    ]


def _plain(group: ReplyGroup) -> ReplySuggestion:
    return ReplySuggestion(group.reply_id, group.text, group.placeholders, "macro", 0, 0.0, ())
