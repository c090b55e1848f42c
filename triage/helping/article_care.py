"""Which articles need attention: never used, outdated, or contradicted by what agents and requesters do.

Shares are judged by exact tests, corrected for the number of articles looked at, so that neither two
dismissals nor the worst luck among many articles condemn one.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.helping.gap import ArticleCare
from triage.helping.surely_more import binomial_tail, surely
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
    # Rounding leaves a trace where the bound is none or all.
    low = 0.0 if successes == 0 else max(0.0, middle - half)
    return low, 1.0 if successes == cases else min(1.0, middle + half)


def articles_to_care_for(
    articles: Sequence[Article], use: Mapping[str, ArticleUse], *, usual_reopened: float, now: datetime
) -> tuple[ArticleCare, ...]:
    """Return the articles that need attention, by problem and id.

    An article is *contradicted* where surely more than half of those who judged it dismissed it, or where
    surely a larger share of its tickets was reopened than is usual, each of five cases or more: by the exact
    binomial test, corrected for how many articles were so tested
    (:mod:`triage.helping.surely_more`); *outdated* where it was not touched for
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
    seen = [use.get(article.article_id, ArticleUse()) for article in articles]
    dismissed = _sure([(one.dismissed, one.used + one.dismissed) for one in seen], 0.5)
    reopened = _sure([(one.reopened, one.solved) for one in seen], usual_reopened)
    found = []
    for article, one, is_dismissed, is_reopened in zip(articles, seen, dismissed, reopened, strict=True):
        told = (
            _contradicted(one, usual_reopened, is_dismissed, is_reopened)
            or _outdated(article, one, now)
            or _unused(article, one, now)
        )
        if told is not None:
            found.append(ArticleCare(article.article_id, article.title, *told))
    order = ("contradicted", "outdated", "unused")
    return tuple(sorted(found, key=lambda one: (order.index(one.problem), one.article_id)))


def _sure(counts: Sequence[tuple[int, int]], usual: float) -> list[bool]:
    """Say of each of (successes, cases) whether surely more than a usual share succeeded."""
    tested = [place for place, (_, cases) in enumerate(counts) if cases >= LEAST_CASES]
    told = surely([binomial_tail(*counts[place], usual) for place in tested])
    sure = {place for place, is_sure in zip(tested, told, strict=True) if is_sure}
    return [place in sure for place in range(len(counts))]


def _contradicted(
    seen: ArticleUse, usual_reopened: float, is_dismissed: bool, is_reopened: bool
) -> tuple[str, str] | None:
    if is_dismissed:
        judged = seen.used + seen.dismissed
        return "contradicted", f"Dismissed {seen.dismissed} of {judged} times that somebody judged it."
    if is_reopened:
        return (
            "contradicted",
            f"{seen.reopened} of {seen.solved} tickets with it were reopened, more than chance explains; "
            f"{100 * usual_reopened:.0f} % are usual.",
        )
    return None


def _outdated(article: Article, seen: ArticleUse, now: datetime) -> tuple[str, str] | None:
    age = None if article.updated_at is None else now - article.updated_at
    # Old, and lately more often dismissed than ever used.
    if age is None or age <= OLD_AFTER or seen.dismissed_lately <= max(1, seen.used):
        return None
    return (
        "outdated",
        f"Not changed for {age.days} days; dismissed {seen.dismissed_lately} times in the last 90 days.",
    )


def _unused(article: Article, seen: ArticleUse, now: datetime) -> tuple[str, str] | None:
    # It had time to be used, and was not.
    if seen.used or (article.updated_at is not None and now - article.updated_at <= UNUSED_AFTER):
        return None
    offered = f"suggested {seen.offered} times" if seen.offered else "never suggested"
    return "unused", f"No ticket was ever linked to it; {offered}."
