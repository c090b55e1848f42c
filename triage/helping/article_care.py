"""Which articles need attention: never used, outdated, or contradicted by what agents and requesters do.

Shares are judged by their Wilson bounds, so that two dismissals do not condemn an article.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.helping.gap import ArticleCare
from triage.knowledge import Article

__all__ = ["ArticleUse", "articles_to_care_for", "wilson"]

UNUSED_AFTER = timedelta(days=90)
OLD_AFTER = timedelta(days=365)
LEAST_CASES = 5
Z = 1.96


@dataclass(frozen=True, slots=True)
class ArticleUse:
    """What was done with one article.

    Parameters
    ----------
    used : int
        Tickets that it was linked to, or accepted or sent for.
    offered : int
        How often it was suggested.
    dismissed : int
        How often somebody said that it does not fit.
    dismissed_lately : int
        Of these, in the last 90 days.
    solved : int
        Tickets with it that are done.
    reopened : int
        Of these, those that were reopened.
    """

    used: int = 0
    offered: int = 0
    dismissed: int = 0
    dismissed_lately: int = 0
    solved: int = 0
    reopened: int = 0


def wilson(successes: int, cases: int, z: float = Z) -> tuple[float, float]:
    """Return the Wilson score interval of a share, (0, 1) without any case.

    See E. B. Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    Examples
    --------
    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if cases == 0:
        return 0.0, 1.0
    share, extra = successes / cases, z * z / cases
    middle = (share + extra / 2) / (1 + extra)
    half = z / (1 + extra) * math.sqrt(share * (1 - share) / cases + extra / (4 * cases))
    return max(0.0, middle - half), min(1.0, middle + half)


def articles_to_care_for(
    articles: Sequence[Article], use: Mapping[str, ArticleUse], *, usual_reopened: float, now: datetime
) -> tuple[ArticleCare, ...]:
    """Return the articles that need attention, by problem and id.

    An article is *contradicted* where surely more than half of those who judged it dismissed it, or where
    surely a larger share of its tickets was reopened than is usual; *outdated* where it was not touched for
    a year and somebody dismissed it lately more often than it was used; *unused* where it stands for 90 days
    and was never used.

    Parameters
    ----------
    articles : sequence of Article
        All that may be suggested.
    use : Mapping of str to ArticleUse
        By article; one that is missing was never offered.
    usual_reopened : float
        Share of all the workspace's done tickets that were reopened.
    now : datetime
        The moment of looking.
    """
    found = []
    for article in articles:
        seen = use.get(article.article_id, ArticleUse())
        told = _problem(article, seen, usual_reopened, now)
        if told is not None:
            found.append(ArticleCare(article.article_id, article.title, *told))
    order = ("contradicted", "outdated", "unused")
    return tuple(sorted(found, key=lambda one: (order.index(one.problem), one.article_id)))


def _problem(
    article: Article, seen: ArticleUse, usual_reopened: float, now: datetime
) -> tuple[str, str] | None:
    judged = seen.used + seen.dismissed
    # Surely more than half of those who judged it dismissed it.
    if judged >= LEAST_CASES and wilson(seen.dismissed, judged)[0] > 0.5:
        return "contradicted", f"Dismissed {seen.dismissed} of {judged} times that somebody judged it."
    # Surely more of its tickets came back than usual.
    if seen.solved >= LEAST_CASES and wilson(seen.reopened, seen.solved)[0] > usual_reopened:
        return (
            "contradicted",
            f"{seen.reopened} of {seen.solved} tickets with it were reopened; "
            f"{100 * usual_reopened:.0f} % are usual.",
        )
    age = None if article.updated_at is None else now - article.updated_at
    # Old, and lately more often dismissed than ever used.
    if age is not None and age > OLD_AFTER and seen.dismissed_lately > max(1, seen.used):
        return (
            "outdated",
            f"Not changed for {age.days} days; dismissed {seen.dismissed_lately} times in the last 90 days.",
        )
    # It had time to be used, and was not.
    if not seen.used and (age is None or age > UNUSED_AFTER):
        offered = f"suggested {seen.offered} times" if seen.offered else "never suggested"
        return "unused", f"No ticket was ever linked to it; {offered}."
    return None
