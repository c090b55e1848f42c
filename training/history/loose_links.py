"""Links whose ticket or article the store lacks: kept, since either may be imported later, and told."""

from collections.abc import Sequence

from training.history.records import Record
from training.history.summary import RowSummary
from triage.knowledge import ArticleLink
from triage.store import Store
from triage.store.articles import articles_among
from triage.store.ticket_facts import stored_among

__all__ = ["note_loose_links"]


def note_loose_links(
    store: Store, workspace: str, rows: Sequence[tuple[int, Record]], summary: RowSummary
) -> None:
    """Count the links that name what is not stored, each with its line and what lacks.

    Parameters
    ----------
    store, workspace
        Where the links go.
    rows : sequence of (int, record)
        Lines of the file and what stands in them; what is no link is passed over.
    summary : RowSummary
        Where they are counted.
    """
    links = [(line, one) for line, one in rows if isinstance(one, ArticleLink)]
    if not links:
        return
    tickets = stored_among(store, workspace, {one.ticket_id for _, one in links})
    articles = articles_among(store, workspace, {one.article_id for _, one in links})
    for line, one in links:
        lacks = ["ticket"] if one.ticket_id not in tickets else []
        lacks += ["article"] if one.article_id not in articles else []
        for what in lacks:
            summary.counts[f"loose_{what}"] += 1
        if lacks:
            # Without ids: what an import came to outlives the erasing of a ticket.
            summary.see_loose(line, f"{' and '.join(lacks)} not in the store")
