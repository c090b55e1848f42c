"""What the knowledge base holds: articles, and which of them people used for which ticket.

Says nothing of how articles are found; :mod:`features` and :mod:`training` do that.
"""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Article", "ArticleLink", "Ground", "Suggestion"]


@dataclass(frozen=True, slots=True)
class Article:
    r"""One article of the knowledge base.

    Parameters
    ----------
    article_id : str
        Identity in the knowledge base.
    title, body : str
        The article's words.
    summary : str, default=""
        A few sentences saying what it solves.
    url : str or None, default=None
        Where people read it.
    updated_at : datetime or None, default=None
        Last change, with a zone.
    products, topics : tuple of str, default=()
        What it is about, in the knowledge base's own words.
    public : bool, default=False
        Whether requesters may see it. Unless somebody says so it is for agents only: an internal article that
        is shown to a customer cannot be taken back.

    Examples
    --------
    >>> Article("A-1", title="Reset a password", body="Open the portal.", summary="Portal").text
    'Reset a password\nPortal\nOpen the portal.'
    """

    article_id: str
    title: str
    body: str
    summary: str = ""
    url: str | None = None
    updated_at: datetime | None = None
    products: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    public: bool = False

    @property
    def text(self) -> str:
        """Title, summary and body, line breaks between those that are not empty."""
        return "\n".join(part for part in (self.title, self.summary, self.body) if part)


@dataclass(frozen=True, slots=True)
class ArticleLink:
    """One article that was used for one ticket, or dismissed for it.

    Parameters
    ----------
    ticket_id, article_id : str
        What belongs together.
    created_at : datetime or None, default=None
        When it was linked, with a zone; None when unknown.
    agent : str or None, default=None
        Who linked it; None when unknown.
    dismissed : bool, default=False
        Whether people found that it does not help, instead of using it.
    """

    ticket_id: str
    article_id: str
    created_at: datetime | None = None
    agent: str | None = None
    dismissed: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that speaks for an article.

    Parameters
    ----------
    kind : str
        ``words`` (ticket and article share rare words), ``meaning`` (they read alike), ``links`` (people
        used it for similar tickets), ``popular`` (people use it often), ``product`` (it is about the
        ticket's product).
    weight : float
        How much it speaks for the article against the average article; above 0.
    examples : tuple of str, default=()
        The shared words, or the ids of the similar tickets; empty for other kinds.
    """

    kind: str
    weight: float
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may help with a ticket.

    Parameters
    ----------
    article_id, title : str
        Which article.
    score : float
        Between 0 and 1; the scores of all articles for one ticket sum to 1.
    url : str or None, default=None
        Where people read it.
    because : tuple of Ground, default=()
        What speaks for it, strongest first.
    """

    article_id: str
    title: str
    score: float
    url: str | None = None
    because: tuple[Ground, ...] = ()
