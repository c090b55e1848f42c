"""Crowds a home for benchmarks/serving.py: a store of many more tickets, and many more passages.

Made of what is there, again and again under other ids: texts that were read before need not be read once
more, and nothing but quality depends on their being new. The tickets come from the five years before those
that were learnt from; one in a hundred is still open, the others are solved.
"""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd

from features.passages import split_passages
from triage.knowledge import Article

__all__ = ["crowd_articles", "crowd_tickets"]

YEARS = 5
OPEN = 0.01
SOLVED_HOURS = 72.0


def crowd_tickets(history: Path, responders: list[str], out: Path, tickets: int) -> None:
    """Write so many past tickets, copied from a table of past tickets.

    Parameters
    ----------
    history : Path
        The table, as Parquet.
    responders : list of str
        Who handled them; every one as many as any other.
    out : Path
        Where to, as Parquet.
    tickets : int
        How many.
    """
    draws = np.random.default_rng(0)
    table = pd.read_parquet(history)
    begin = table["created_at"].min()
    rows = table.iloc[draws.integers(len(table), size=tickets)].reset_index(drop=True)
    ages = np.sort(draws.integers(YEARS * 365 * 86_400, size=tickets))[::-1]
    rows["ticket_id"] = [f"crowd-{number}" for number in range(tickets)]
    rows["created_at"] = begin - pd.to_timedelta(ages, unit="s")
    rows["first_responder"] = np.array(responders)[draws.integers(len(responders), size=tickets)]
    rows["first_response_at"] = rows["created_at"] + pd.Timedelta(hours=1)
    hours = pd.to_timedelta(1 + draws.exponential(SOLVED_HOURS, size=tickets), unit="h")
    is_open = draws.random(tickets) < OPEN
    rows["solved_at"] = (rows["created_at"] + hours).mask(is_open)
    rows["status"] = np.where(is_open, "open", "solved")
    rows.drop(columns=["solver", "is_spam"]).to_parquet(out)


def crowd_articles(articles: Path, out: Path, passages: int) -> int:
    """Write so many passages' worth of articles, copied from a table; return how many passages they have."""
    table = pd.read_parquet(articles)
    sizes = [
        len(
            split_passages(
                Article(str(one.article_id), str(one.title), one.body or "", summary=one.summary or "")
            )
        )
        for one in table.itertuples()
    ]
    copies, left = [], passages
    for number in range(passages):
        if left <= 0:
            break
        kept = int((np.cumsum(sizes) < left).sum()) + 1
        part = table.iloc[:kept].copy()
        part["article_id"] = [_other(one, number) for one in part["article_id"]]
        copies.append(part)
        left -= sum(sizes[:kept])
    pd.concat(copies).to_parquet(out)
    return passages - left


def _other(article_id: str, number: int) -> str:
    return hashlib.blake2b(json.dumps([str(article_id), number]).encode(), digest_size=8).hexdigest()
