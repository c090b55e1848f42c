"""Replies to start from: what agents sent for tickets that read like this one, and the workspace's macros."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.cleaning import clean, clean_text
from features.neighbours import TEMPERATURE
from features.redaction import redact
from features.reply_groups import ReplyGroup, fill_marks, group_replies
from features.solved_index import Alike
from serving.sight import Sight
from serving.solution_host import LEAST_ALIKE, SolutionHost
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
LEAST_MACRO = 0.3
"""Cosine from which a macro that nobody used for such tickets is offered for its words."""


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

    def suggest(
        self, workspace: str, ticket: Ticket, count: int, sight: Sight
    ) -> tuple[ReplySuggestion, ...]:
        """Return replies to start from, best first; none where no ticket reads alike and no macro fits.

        A reply is ranked by the share of the similar tickets that got it; nearer ones count more, as in the
        vote of :mod:`features.neighbours`. A ticket's first reply counts, or its resolution where no reply is
        known. A macro that those tickets got is named as such; others follow where their words fit.

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
        found = _ranked(sent, macros)
        if len(found) < count:
            used = {one.macro_id for one in found}
            found += self._fitting(workspace, ticket, [one for one in macros if one.macro_id not in used])
        return tuple(found[:count])

    def _fitting(self, workspace: str, ticket: Ticket, macros: Sequence[Macro]) -> list[ReplySuggestion]:
        """Return macros whose words fit a ticket, best first."""
        if not macros:
            return []
        encoder = self._solutions.encoder_of(workspace)
        texts = [f"{clean(one.title)}\n{clean(one.body)}" for one in macros]
        vectors = encoder.encode([clean_text(ticket), *texts])
        cosines = vectors[1:] @ vectors[0]
        order = [place for place in np.argsort(-cosines, kind="stable") if cosines[place] >= LEAST_MACRO]
        return [one for place in order for one in _of_macro(macros[place])]


def _sent(past: PastTicket, replies: Sequence[Reply]) -> tuple[str, str]:
    """Return the first words that an agent sent, else what was written at closing, and which it is."""
    for one in replies:
        if not one.by_requester and one.body.strip():
            return one.body, "reply"
    return past.resolution or "", "resolution"


def _ranked(sent: Sequence[tuple[Alike, str, str]], macros: Sequence[Macro]) -> list[ReplySuggestion]:
    if not sent:
        return []
    similarities = np.array([one.similarity for one, _, _ in sent])
    votes = np.exp((similarities - similarities.max()) / TEMPERATURE)
    votes = votes / votes.sum()
    found = []
    for group in group_replies([text for _, text, _ in sent]):
        members = list(group.members)
        macro = next((one for one in macros if fill_marks(group, one.body)), None)
        found.append(
            ReplySuggestion(
                reply_id=group.reply_id,
                text=group.text,
                placeholders=group.placeholders,
                source="macro" if macro else sent[members[0]][2],
                uses=len(members),
                share=float(votes[members].sum()),
                ticket_ids=tuple(sent[place][0].ticket_id for place in members[:TICKETS_NAMED]),
                macro_id=macro.macro_id if macro else None,
            )
        )
    return sorted(found, key=lambda one: -one.share)


def _of_macro(macro: Macro) -> list[ReplySuggestion]:
    groups: list[ReplyGroup] = group_replies([macro.body])
    return [
        replace(_plain(group), macro_id=macro.macro_id, text=redact(clean(macro.body)), placeholders=())
        for group in groups
    ]


def _plain(group: ReplyGroup) -> ReplySuggestion:
    return ReplySuggestion(group.reply_id, group.text, group.placeholders, "macro", 0, 0.0, ())
