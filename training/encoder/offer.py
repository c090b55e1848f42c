"""Tunes the encoder on a history and offers the result only where held-out tickets say that it pays.

The story of ``triage encoder tune``. First the judging encoders, each tuned on a part and judged on tickets
that it has not seen; only if these gain is the encoder itself tuned, on everything, by the same recipe. Until
all is done nothing stands at ``out``.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.encoder_folder import STOCK
from training.config import TrainingConfig
from training.encoder.gain import Gain, pays
from training.encoder.judging import note_tickets, plan_parts
from training.encoder.label_texts import is_few_shot
from training.encoder.tune import Recipe, multiplies_in_half
from training.encoder.tuned_folder import write_tuning
from training.encoder.tuning_work import Made, TuningWork
from training.splits import Fold
from triage.errors import ConfigurationError, ConflictError, TrainingError
from triage.home import home_folder
from triage.ticket import PastTicket

__all__ = ["EPOCHS", "EPOCHS_FEW", "Offer", "offer_encoder"]

EPOCHS_FEW, EPOCHS = 40.0, 5.0
"""Where labels have fewer than 20 tickets on the mean, and elsewhere (docs/log.md)."""

TIMED = 40
"""Texts that one ticket's cost is taken from."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Offer:
    """What tuning gave and what it costs.

    Parameters
    ----------
    pays : bool
        Whether held-out tickets say so.
    folder : Path or None
        The tuned encoder; None where nothing was kept.
    gains : tuple of Gain
        By field.
    tickets : int
        Tuned on in the end, or as many as would have been.
    epochs : float
        Done; ``--epochs`` repeats a run that time cut short.
    ran_out : bool
        Whether the time given ended before the epochs wanted.
    tuning_minutes : float
        Spent on tuning, all encoders together.
    minutes : float
        Of the whole command.
    encoding_minutes : float
        That the next training spends on the history's vectors, which no cache holds yet.
    ticket_ms, stock_ticket_ms : float
        To read one ticket, on one thread, with either encoder: the mean over some of the history's.
    bundle_bytes, folder_bytes : int
        What a bundle carries, and what ``folder`` takes with its judging encoders.
    """

    pays: bool
    folder: Path | None
    gains: tuple[Gain, ...]
    tickets: int
    epochs: float
    ran_out: bool
    tuning_minutes: float
    minutes: float
    encoding_minutes: float
    ticket_ms: float
    stock_ticket_ms: float
    bundle_bytes: int
    folder_bytes: int


def offer_encoder(
    tickets: Sequence[PastTicket],
    *,
    config: TrainingConfig,
    out: Path,
    minutes: float = 20.0,
    epochs: float | None = None,
    keep: bool = False,
    model: str = STOCK,
    cache: Path | None = None,
    progress: Progress = lambda stage, share: None,
) -> Offer:
    """Tune, judge, and keep what pays.

    Parameters
    ----------
    tickets : sequence of PastTicket
        The history, in any order.
    config : TrainingConfig
        Its targets, label rules and seed count, as in training.
    out : Path
        The folder to make.
    minutes : float, default=20.0
        For tuning, all encoders together. The first judging encoder stops when its share has passed; all
        others get as many epochs as it had, for they speak for each other. So it is a bound only where the
        machine stays as fast as it was for the first.
    epochs : float, optional
        How often each ticket is drawn; default: 40 where labels have fewer than 20 tickets on the
        mean, else 5.
    keep : bool, default=False
        Keep the encoder although it does not pay.
    model : str, default "all-MiniLM-L6-v2"
        To start from; see :func:`training.encoder.source.find_source`.
    cache : Path, optional
        Folder of embeddings; by default in the home folder.
    progress : callable, optional
        Told each stage and the share done.

    Raises
    ------
    ConflictError
        If ``out`` exists.
    ConfigurationError
        If ``minutes`` or ``epochs`` is not above 0, or ``$TRIAGE_ENCODER`` is itself a tuned encoder.
    TrainingError
        If there is no field to learn, or nothing can be held out.
    """
    if out.exists():
        raise ConflictError(
            f"Got {out}, which exists; expected a new folder. Remove it, or give another --out."
        )
    if not minutes > 0:
        raise ConfigurationError(f"Got minutes={minutes}; expected more than 0.")
    began = time.monotonic()
    work = TuningWork(tickets, config, model, cache or home_folder() / "cache" / "embeddings", progress)
    recipe = Recipe(
        EPOCHS_FEW if epochs is None and is_few_shot(work.strata()) else epochs or EPOCHS,
        seed=config.seed,
        threads=joblib.cpu_count(),
        half=multiplies_in_half(),
    )
    parts = plan_parts(work.strata(), work.ordered, random_state=config.seed)
    everything = np.arange(len(work.history))
    share_of = 1.0 / (len(everything) + sum(len(part.learn) for part in parts))
    out.parent.mkdir(parents=True, exist_ok=True)
    made: list[Made] = []
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tuning-") as workplace:
        draft = Path(workplace) / out.name
        draft.mkdir()
        try:
            for place, part in enumerate(parts):
                # Only the first is timed: encoders with other epochs could not speak for each other.
                seconds = None if made else 60.0 * minutes * share_of * len(part.learn)
                again = replace(recipe, epochs=made[0].epochs) if made else recipe
                made.append(work.make(draft / f"judge-{place}", part.learn, again, seconds, place))
            epochs_done = made[0].epochs
            judged = [(part, one.vectors, one.heads) for part, one in zip(parts, made, strict=True)]
            gains = tuple(work.gains(judged))
            if not gains:
                raise TrainingError(
                    "Got a history in which nothing can be held out; expected labels that come back. "
                    "Give a longer history."
                )
            kept = pays(gains) or keep
            final = None
            if kept:
                again = replace(recipe, epochs=epochs_done)
                final = work.make(draft / "encoder", everything, again, None, -1)
                _describe(draft, work, parts, made, final, gains, recipe)
            offer = Offer(
                pays=pays(gains),
                folder=out if kept else None,
                gains=gains,
                tickets=len(everything),
                epochs=epochs_done,
                ran_out=any(one.ran_out for one in made),
                tuning_minutes=sum(one.seconds for one in [*made, *([final] if final else [])]) / 60.0,
                minutes=(time.monotonic() - began) / 60.0,
                encoding_minutes=float(np.mean([one.encoding_seconds for one in made])) / 60.0,
                ticket_ms=_ticket_ms(made[0].encoder, work.texts),
                stock_ticket_ms=_ticket_ms(work.stock, work.texts),
                bundle_bytes=_size(draft / "judge-0"),
                folder_bytes=_size(draft) if kept else 0,
            )
            if kept:
                draft.rename(out)
        except BaseException:
            kept = False
            raise
        finally:
            if not kept:
                for one in made:
                    CachedEncoder(one.encoder, work.cache).forget()
    progress("done", 1.0)
    return offer


def _describe(
    draft: Path,
    work: TuningWork,
    parts: Sequence[Fold],
    made: Sequence[Made],
    final: Made,
    gains: Sequence[Gain],
    recipe: Recipe,
) -> None:
    facts: Mapping[str, Any] = {
        "tuned": work.facts(np.arange(len(work.history)), final.epochs, recipe),
        "pays": pays(gains),
        "gains": [asdict(one) for one in gains],
    }
    seen = note_tickets(work.history, parts)
    write_tuning(
        draft,
        seen,
        final.encoder.fingerprint,
        [one.encoder.fingerprint for one in made],
        [one.heads for one in (final, *made)],
        facts,
    )


def _ticket_ms(encoder: SentenceEncoder, texts: Sequence[str]) -> float:
    some = list(texts[:: max(1, len(texts) // TIMED)][:TIMED])
    alone = SentenceEncoder.open(encoder.folder, threads=1)
    alone.encode(some[:3])
    began = time.perf_counter()
    alone.encode(some)
    return 1000.0 * (time.perf_counter() - began) / len(some)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
