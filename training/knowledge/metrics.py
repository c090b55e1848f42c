"""How well linked articles are found: hit rates and reciprocal rank.

Which tickets are measured, and with what knowledge, is the caller's choice.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from triage.errors import InputError

__all__ = ["RetrievalMetrics", "measure_rankings"]


@dataclass(frozen=True, slots=True)
class RetrievalMetrics:
    """How well the articles of some tickets were found.

    Parameters
    ----------
    hit_at_1, hit_at_5, hit_at_10 : float
        Share of tickets with at least one of their articles among the first so many.
    mrr : float
        Mean over tickets of 1 / rank of the best of their articles; 0 where none was found.
    tickets : int
        How many were measured.
    """

    hit_at_1: float
    hit_at_5: float
    hit_at_10: float
    mrr: float
    tickets: int

    def to_document(self) -> dict[str, float]:
        """Return the figures by name, rounded to four places."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def measure_rankings(rankings: Sequence[Sequence[str]], used: Sequence[Collection[str]]) -> RetrievalMetrics:
    """Measure rankings against the articles that people used.

    Parameters
    ----------
    rankings : sequence of sequences of str
        Article ids by ticket, best first.
    used : sequence of collections of str
        The articles used for each of these tickets, at least one.

    Raises
    ------
    InputError
        If there is no ticket, or the two differ in length.

    Examples
    --------
    >>> measure_rankings([["a", "b"], ["c", "d"]], [{"b"}, {"c", "x"}]).mrr
    0.75
    """
    if not used or len(rankings) != len(used):
        raise InputError(
            f"Got {len(rankings)} rankings for {len(used)} tickets; "
            "expected one for each, of at least one ticket."
        )
    ranks = [
        next((rank for rank, article_id in enumerate(ranking, 1) if article_id in articles), None)
        for ranking, articles in zip(rankings, used, strict=True)
    ]
    found = [rank for rank in ranks if rank is not None]
    count = len(used)
    at_1, at_5, at_10 = (sum(rank <= limit for rank in found) / count for limit in (1, 5, 10))
    return RetrievalMetrics(at_1, at_5, at_10, sum(1 / rank for rank in found) / count, count)
