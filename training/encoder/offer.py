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

from features.cleaning import clean_text
from features.embedding_cache import CachedEncoder
from features.encoder import SentenceEncoder
from features.encoder_folder import STOCK
from features.structured import StructuredView
from features.views import make_views
from features.words import WordView
from training.config import TrainingConfig
from training.encoder.build import build_encoder, load_model
from training.encoder.gain import Gain, measure_gain, pays
from training.encoder.judging import note_tickets, plan_parts
from training.encoder.label_texts import is_few_shot, label_texts
from training.encoder.source import find_source
from training.encoder.tune import Recipe, tune_model
from training.encoder.tuned_folder import open_encoder, write_tuning
from training.manifest import data_hash
from training.splits import has_order
from training.train import in_order, labels_to_learn
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
        For tuning, all encoders together. Judging encoders stop when their share has passed; the encoder
        itself then gets as many epochs as they had, for they speak for it.
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
    work = _Workplace(tickets, config, model, cache or home_folder() / "cache" / "embeddings", progress)
    recipe = Recipe(
        EPOCHS_FEW if epochs is None and is_few_shot(work.strata()) else epochs or EPOCHS,
        seed=config.seed,
        threads=joblib.cpu_count(),
    )
    parts = plan_parts(work.strata(), work.ordered, random_state=config.seed)
    everything = np.arange(len(work.history))
    share_of = 1.0 / (len(everything) + sum(len(part.learn) for part in parts))
    out.parent.mkdir(parents=True, exist_ok=True)
    made: list[_Made] = []
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".tuning-") as workplace:
        draft = Path(workplace) / out.name
        draft.mkdir()
        try:
            for place, part in enumerate(parts):
                seconds = 60.0 * minutes * share_of * len(part.learn)
                made.append(work.make(draft / f"judge-{place}", part.learn, recipe, seconds, place))
            epochs_done = min(one.epochs for one in made)
            gains = tuple(work.gains([(part, one.vectors) for part, one in zip(parts, made, strict=True)]))
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


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    """A tuned and compiled encoder, the vectors that it gave, and what that took."""

    encoder: SentenceEncoder
    vectors: np.ndarray
    epochs: float
    ran_out: bool
    seconds: float
    encoding_seconds: float


class _Workplace:
    """The history as tuning sees it."""

    def __init__(
        self,
        tickets: Sequence[PastTicket],
        config: TrainingConfig,
        model: str,
        cache: Path,
        progress: Progress,
    ) -> None:
        self.ordered = has_order(tickets)
        self.history = in_order(tickets, self.ordered)
        self.labels = labels_to_learn(self.history, config, (), self.ordered)
        self.texts = [clean_text(past.ticket) for past in self.history]
        if not self.labels or not any(self.texts):
            raise TrainingError(
                "Got a history without labelled text; expected a field with two labels, and subjects or "
                "bodies. `triage check` tells what is in it."
            )
        self.names = {
            name: sorted({one for one in values if one is not None}) for name, values in self.labels.items()
        }
        self.classes = {name: _as_integers(self.labels[name], self.names[name]) for name in self.labels}
        self.config, self.source, self.cache, self.progress = config, find_source(model), cache, progress
        stock = open_encoder(threads=joblib.cpu_count())
        if stock.seen is not None:
            raise ConfigurationError(
                "Got a tuned encoder in $TRIAGE_ENCODER; expected one that has not seen this history, to "
                "compare with. Unset the variable while tuning."
            )
        self.stock = stock.encoder

    def strata(self) -> np.ndarray:
        """Return the labels of the field that most tickets have."""
        return max(self.classes.values(), key=lambda values: int((values >= 0).sum()))

    def make(self, out: Path, rows: np.ndarray, recipe: Recipe, seconds: float | None, judge: int) -> _Made:
        """Tune on some rows, compile, and encode all rows where it is to judge."""
        what = "tuning the encoder" if judge < 0 else f"tuning judging encoder {judge + 1}"
        self.progress(what, 0.0)
        full = load_model(self.source)
        classes = {name: values[rows] for name, values in self.classes.items()}
        named, their_classes = label_texts(self.names, classes)
        classes = {name: np.concatenate([classes[name], their_classes[name]]) for name in classes}
        dense = {name: _dense(values) for name, values in classes.items()}
        tuned = tune_model(
            full,
            [self.texts[row] for row in rows] + named,
            {name: values for name, values in dense.items() if values.max(initial=-1) > 0},
            recipe,
            seconds=seconds,
            progress=lambda share: self.progress(what, share),
        )
        self.progress("compiling", 0.0)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".full-") as folder:
            saved = Path(folder) / f"{self.source.name}-tuned"
            full.save_pretrained(str(saved), create_model_card=False)
            build_encoder(str(saved), out, tuned=self.facts(rows, tuned.epochs, recipe, judge))
        encoder = SentenceEncoder.open(out, threads=joblib.cpu_count())
        vectors, encoding = np.empty((0, encoder.dimension), np.float32), 0.0
        if judge >= 0:
            vectors, encoding = self.encode(encoder)
        return _Made(encoder, vectors, tuned.epochs, tuned.ran_out, tuned.seconds, encoding)

    def encode(self, encoder: SentenceEncoder) -> tuple[np.ndarray, float]:
        """Return all tickets' vectors, and the seconds that these took."""
        began = time.monotonic()
        vectors = CachedEncoder(encoder, self.cache).encode(
            self.texts, progress=lambda done: self.progress("reading texts", done / len(self.texts))
        )
        return vectors, time.monotonic() - began

    def gains(self, judged: Sequence[tuple[Any, np.ndarray]]) -> list[Gain]:
        """Compare with the stock encoder."""
        self.progress("reading texts with the stock encoder", 0.0)
        self.encode(self.stock)
        self.progress("comparing", 0.0)
        filed = [past.ticket for past in self.history]
        words = WordView(self.stock.tokenizer).fit(self.texts)
        stock = CachedEncoder(self.stock, self.cache)
        views = make_views(filed, words, StructuredView().fit(filed), stock)
        return measure_gain(self.labels, views, judged, ordered=self.ordered, random_state=self.config.seed)

    def facts(self, rows: np.ndarray, epochs: float, recipe: Recipe, judge: int = -1) -> dict[str, Any]:
        """Return what an encoder's recipe says of its tuning."""
        times = [self.history[row].ticket.created_at for row in rows]
        known = [one for one in times if one is not None]
        return {
            "base": self.source.weights,
            "fields": list(self.labels),
            "tickets": len(rows),
            "first": min(known).isoformat() if known else None,
            "last": max(known).isoformat() if known else None,
            "data_hash": data_hash([self.history[row] for row in rows]),
            "judging": judge >= 0,
            **asdict(replace(recipe, epochs=epochs)),
        }


def _describe(
    draft: Path,
    work: _Workplace,
    parts: Sequence[Any],
    made: Sequence[_Made],
    final: _Made,
    gains: Sequence[Gain],
    recipe: Recipe,
) -> None:
    facts: Mapping[str, Any] = {
        "tuned": work.facts(np.arange(len(work.history)), final.epochs, recipe),
        "pays": pays(gains),
        "gains": [asdict(one) for one in gains],
    }
    seen = note_tickets(work.history, parts)
    write_tuning(draft, seen, final.encoder.fingerprint, [one.encoder.fingerprint for one in made], facts)


def _as_integers(values: Sequence[str | None], names: Sequence[str]) -> np.ndarray:
    places = {label: place for place, label in enumerate(names)}
    return np.array([-1 if value is None else places[value] for value in values])


def _dense(classes: np.ndarray) -> np.ndarray:
    """Number the labels that are there from 0, without gaps."""
    dense = np.full(len(classes), -1)
    has = classes >= 0
    dense[has] = np.unique(classes[has], return_inverse=True)[1]
    return dense


def _ticket_ms(encoder: SentenceEncoder, texts: Sequence[str]) -> float:
    some = list(texts[:: max(1, len(texts) // TIMED)][:TIMED])
    alone = SentenceEncoder.open(encoder.folder, threads=1)
    alone.encode(some[:3])
    began = time.perf_counter()
    alone.encode(some)
    return 1000.0 * (time.perf_counter() - began) / len(some)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
