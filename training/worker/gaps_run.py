"""A gaps run: what the knowledge base of a workspace lacks, found and kept for the report."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training.worker.job import Work
from triage.store import Store
from triage.store.knowledge_reports import put_gaps
from triage.store.runs import Run

__all__ = ["gaps_work"]


def gaps_work(store: Store, home: Path) -> Work:
    """Return what a run of kind ``gaps`` does.

    Parameter of the run: ``days`` to look back. Result: ``tickets``, ``unserved`` and ``gaps``, counts.

    Parameters
    ----------
    store : Store
        Holds everything.
    home : Path
        Its cache has the embeddings of texts that were encoded before.
    """

    def work(run: Run, report: Callable[[str, float], None]) -> Mapping[str, Any]:
        from features.embedding_cache import CachedEncoder
        from features.encoder import SentenceEncoder
        from training.knowledge.gaps import gaps_of_store

        encoder = CachedEncoder(SentenceEncoder.open(), home / "cache" / "embeddings")
        found = gaps_of_store(store, run.workspace, encoder, days=run.parameters["days"], progress=report)
        put_gaps(store, run.workspace, found.to_document(with_sources=True), datetime.now(UTC))
        return {"tickets": found.tickets, "unserved": found.unserved, "gaps": len(found.gaps)}

    return work
