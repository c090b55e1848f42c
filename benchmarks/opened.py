"""Opens a trained bundle for judging many tickets: texts that were encoded before are not encoded again."""

from pathlib import Path

from features.embedding_cache import CachedEncoder
from features.model import RecentEncoder, TicketModel
from triage.bundle import Bundle

__all__ = ["KEY", "open_model"]

KEY = b"benchmark-key-of-thirty-two-bytes"


def open_model(folder: Path, cache: Path) -> TicketModel:
    """Load the model of a bundle sealed with :data:`KEY`, with a disk cache around its encoder.

    A vector depends on its text alone, so that what is judged is the same.
    """
    model = Bundle.load(folder, KEY, threads=2).model
    if not isinstance(model, TicketModel) or not isinstance(model.encoder, RecentEncoder):
        raise TypeError(f"Got {type(model).__name__}; expected a model that was just opened.")
    model.use(RecentEncoder(CachedEncoder(model.encoder.encoder, cache)))
    return model
