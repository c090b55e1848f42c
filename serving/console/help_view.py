"""What stands beside a decision on the page: articles, similar tickets and what solved them, repeats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from features.redaction import redact
from serving.triage_answer import Answer
from triage.duplicate import Duplicate
from triage.helping.solution import Source
from triage.prediction import SimilarTicket
from triage.store import Store
from triage.store.articles import get_article
from triage.store.tickets import get_tickets
from triage.ticket import Ticket

__all__ = ["ArticleView", "DuplicateView", "SimilarView", "view_article", "view_duplicates", "view_similar"]

KEPT = ("category", "priority", "team", "assignee")
"""Labels of a similar ticket that are shown."""
EXTRACT = 240
"""Characters of an article without a summary."""
SOURCES = {
    Source.MARKED: "Marked as the solution",
    Source.HELPFUL: "Called helpful",
    Source.RESOLUTION: "Resolution",
}


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article that may help."""

    article_id: str
    title: str
    summary: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SimilarView:
    """A past ticket that reads alike, with sentences of what solved it where that is known."""

    ticket_id: str
    similarity: float
    known: Mapping[str, str]
    subject: str
    solution: tuple[str, ...] = ()
    source: str = ""
    is_whole: bool = True

    @property
    def labels(self) -> list[tuple[str, str]]:
        """Field and label of what became of it, the telling ones."""
        return [(name, self.known[name]) for name in KEPT if name in self.known]


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """An earlier ticket that this one likely repeats; the subject as far as the store has it."""

    duplicate: Duplicate
    subject: str


def view_article(store: Store, workspace: str, article_id: str, title: str, url: str | None) -> ArticleView:
    """Show an article with its summary, or the beginning of its text."""
    stored = get_article(store, workspace, article_id)
    summary = "" if stored is None else stored.article.summary or _extract(stored.article.body)
    # Anything but http(s), such as javascript:, is no link.
    link = url if url and url.startswith(("https://", "http://")) else None
    return ArticleView(article_id, title, summary, link)


def view_similar(store: Store, workspace: str, answer: Answer, ticket: Ticket) -> tuple[SimilarView, ...]:
    """Show solved tickets first, then those that only the model knows, as many as were asked for."""
    decision, solved = answer.decision, answer.helping.solved
    found: Sequence[SimilarTicket] = decision.assessment.similar if decision.assessment else ()
    shown = {one.ticket_id for one in solved}
    rest = [one for one in found if one.ticket_id not in shown][: max(0, len(found) - len(solved))]
    past = get_tickets(
        store, workspace, [*(one.ticket_id for one in solved), *(one.ticket_id for one in rest)]
    )

    def is_itself(ticket_id: str) -> bool:
        return ticket_id in past and past[ticket_id].ticket.text == ticket.text  # Which says nothing new.

    views = [
        SimilarView(
            one.ticket_id,
            one.similarity,
            dict(one.labels),
            one.subject,
            one.extract,
            SOURCES[one.source],
            one.is_whole,
        )
        for one in solved
        if not is_itself(one.ticket_id)
    ]
    for one in rest:
        if not is_itself(one.ticket_id):
            subject = redact(past[one.ticket_id].ticket.subject) if one.ticket_id in past else ""
            views.append(SimilarView(one.ticket_id, one.similarity, one.labels, subject))
    return tuple(views)


def view_duplicates(store: Store, workspace: str, found: Sequence[Duplicate]) -> tuple[DuplicateView, ...]:
    """Show earlier tickets that a new one likely repeats."""
    past = get_tickets(store, workspace, [one.ticket_id for one in found])
    return tuple(
        DuplicateView(one, past[one.ticket_id].ticket.subject if one.ticket_id in past else "")
        for one in found
    )


def _extract(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= EXTRACT else plain[:EXTRACT].rsplit(" ", 1)[0] + " …"
