"""An article as its passages: parts short enough to be encoded whole.

The first passage is title and summary; each further one is the title with a part of the body, so that a
part can be understood without the rest. Encoding them is :class:`features.knowledge.KnowledgeIndex`'s job.
"""

import hashlib
import json

from features.cleaning import clean
from triage.knowledge import Article

__all__ = ["PASSAGES_VERSION", "content_hash", "split_passages"]

PASSAGES_VERSION = 1
"""Changes whenever the same article would give other passages: embeddings kept elsewhere are then stale."""

PASSAGE_WORDS = 130
OVERLAP_WORDS = 30
PASSAGES_MAX = 100


def split_passages(article: Article) -> tuple[str, ...]:
    r"""Split an article into its passages.

    A part of a body has 130 words, about what the stock encoder's 256 tokens hold besides a title, of
    which 30 are shared with the part before; after 100 passages the rest is left out.

    Parameters
    ----------
    article : Article
        Any article, even one with nothing but a title.

    Returns
    -------
    tuple of str
        At least one: title and summary.

    Examples
    --------
    >>> split_passages(Article("A", "Reset a password", "Open the portal.", summary="Locked out?"))
    ('Reset a password\nLocked out?', 'Reset a password\nOpen the portal.')
    """
    title = clean(article.title)
    passages = [f"{title}\n{clean(article.summary)}".strip()]
    words = article.body.split()
    start = 0
    while start < len(words) and len(passages) < PASSAGES_MAX:
        part = " ".join(words[start : start + PASSAGE_WORDS])
        passages.append(f"{title}\n{part}")
        if start + PASSAGE_WORDS >= len(words):
            break
        start += PASSAGE_WORDS - OVERLAP_WORDS
    return tuple(passages)


def content_hash(article: Article) -> str:
    """Return the SHA-256, in hex, of all that an article's passages and words are made from."""
    content = [article.title, article.summary, article.body, list(article.topics)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
