"""What the knowledge base lacks, and which of its articles need somebody's attention."""

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ArticleCare", "Gap", "GapReport", "GapSources"]


@dataclass(frozen=True, slots=True)
class GapSources:
    """Which tickets a gap's title and words are taken from: who sees none of these must not read them.

    Parameters
    ----------
    members : tuple of str
        Ids of the most typical tickets.
    title_of : str or None
        Whose subject the title is; None where it is made of the words.
    said_by : tuple of tuple of str
        For each word, those of ``members`` that say it.
    """

    members: tuple[str, ...] = ()
    title_of: str | None = None
    said_by: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Tickets about one thing that no article serves.

    Parameters
    ----------
    title : str
        For an article to be written: the subject among theirs that says most, personal data taken out.
    words : tuple of str
        What sets them apart from the other tickets, most telling first.
    tickets : int
        How many there are.
    hours : float or None
        What one took to be solved, from assignment or else filing: the median; None where no time is known.
    weight : float
        Tickets times hours: what an article could save at most. Gaps are ranked by it.
    share_recent : float
        Of the tickets, those of the newest quarter of the time looked at.
    grows : bool
        Whether that share is surely larger than that of all tickets: by the exact binomial test, corrected
        for the number of gaps.
    examples : tuple of (str, str)
        Ids and redacted subjects of the most typical tickets.
    dismissed : int
        How many of the tickets had an article dismissed.
    nearest_article : str or None
        The article that comes closest, though it does not serve.
    sources : GapSources
        Where title and words come from.
    """

    title: str
    words: tuple[str, ...]
    tickets: int
    hours: float | None
    weight: float
    share_recent: float
    grows: bool
    examples: tuple[tuple[str, str], ...]
    dismissed: int
    nearest_article: str | None
    sources: GapSources = GapSources()


@dataclass(frozen=True, slots=True)
class ArticleCare:
    """An article that needs attention.

    Parameters
    ----------
    article_id, title : str
        Which.
    problem : str
        ``unused``, ``outdated`` or ``contradicted``.
    why : str
        In a sentence, with the figures.
    """

    article_id: str
    title: str
    problem: str
    why: str


@dataclass(frozen=True, slots=True)
class GapReport:
    """Gaps and articles to care for.

    Parameters
    ----------
    tickets : int
        Looked at.
    unserved : int
        Of them, those that no article serves.
    clustered : int
        Of these, those in a gap.
    gaps : tuple of Gap
        The heaviest first.
    articles : int
        In the knowledge base.
    care : tuple of ArticleCare
        By problem, then by article.
    days : int or None, default=None
        Only tickets filed within so many days were looked at; None: all.
    """

    tickets: int
    unserved: int
    clustered: int
    gaps: tuple[Gap, ...]
    articles: int
    care: tuple[ArticleCare, ...]
    days: int | None = None

    def to_document(self, *, with_sources: bool = False) -> dict[str, Any]:
        """Return the JSON form; to be kept, with the sources by which it is shown to readers later."""
        return {
            "tickets": self.tickets,
            "days": self.days,
            "unserved": self.unserved,
            "clustered": self.clustered,
            "articles": self.articles,
            "gaps": [
                {
                    "title": one.title,
                    "words": list(one.words),
                    "tickets": one.tickets,
                    "hours": one.hours,
                    "weight": one.weight,
                    "share_recent": one.share_recent,
                    "grows": one.grows,
                    "examples": [{"ticket_id": name, "subject": subject} for name, subject in one.examples],
                    "dismissed": one.dismissed,
                    "nearest_article": one.nearest_article,
                }
                | ({"sources": asdict(one.sources)} if with_sources else {})
                for one in self.gaps
            ],
            "care": [
                {"article_id": one.article_id, "title": one.title, "problem": one.problem, "why": one.why}
                for one in self.care
            ],
        }
