"""Whether an article answers a cluster of tickets, told by what people linked to tickets that read like them.

Colleagues who link an article to some tickets of a kind show that one exists for all of them, however little
its words are the tickets'.
"""

from collections import Counter
from collections.abc import Collection, Mapping

__all__ = ["article_in_use"]

FEWEST = 2
"""One link may be a slip."""
FAIR_SHARE = 0.1
"""Of the tickets about one thing, so many need the article linked: most helpdesks link few of theirs. A
choice, not a measured best."""


def article_in_use(
    members: Collection[str],
    look_alikes: Collection[str],
    linked: Mapping[str, frozenset[str]],
    dismissed: Mapping[str, frozenset[str]],
    existing: Collection[str],
) -> str | None:
    """Return the article that people use for tickets of a kind, None where they use none often enough.

    A dismissal takes back one use. At least two uses must be left, and as many as a tenth of the tickets.

    Parameters
    ----------
    members : collection of str
        Ids of a cluster's tickets, none of which has an article linked.
    look_alikes : collection of str
        Ids of tickets with a link that read like the cluster.
    linked, dismissed : Mapping of str to frozenset of str
        By ticket, its articles.
    existing : collection of str
        Articles that may be suggested.

    Examples
    --------
    >>> linked = {"T-8": frozenset({"KB-1"}), "T-9": frozenset({"KB-1"})}
    >>> article_in_use(["T-1", "T-2"], ["T-8", "T-9"], linked, {}, ["KB-1"])
    'KB-1'
    """
    uses = Counter(article for name in look_alikes for article in linked[name] if article in existing)
    for name in (*members, *look_alikes):
        uses.subtract(article for article in dismissed.get(name, ()) if article in uses)
    article = min(uses, key=lambda one: (-uses[one], one), default=None)
    needed = max(FEWEST, FAIR_SHARE * (len(members) + len(look_alikes)))
    return article if article is not None and uses[article] >= needed else None
