"""One history as tuning sees it: tunes, compiles and encodes; decides nothing."""

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
from features.structured import StructuredView
from features.views import make_views
from features.words import WordView
from training.config import TrainingConfig
from training.encoder.build import build_encoder, load_model
from training.encoder.gain import Gain, measure_gain
from training.encoder.label_texts import label_texts
from training.encoder.own_head import OwnHead
from training.encoder.source import find_source
from training.encoder.tune import Recipe, tune_model
from training.encoder.tuned_folder import open_encoder
from training.history_hash import history_hash
from training.label_names import name_labels
from training.labels_to_learn import labels_to_learn
from training.learn_fields import labels_of
from training.splits import Fold, has_order, in_order
from triage.errors import ConfigurationError, TrainingError
from triage.ticket import PastTicket

__all__ = ["Made", "TuningWork"]

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A tuned and compiled encoder, the vectors that it gave, and what that took."""

    encoder: SentenceEncoder
    vectors: np.ndarray
    heads: Mapping[str, OwnHead]
    epochs: float
    ran_out: bool
    seconds: float
    encoding_seconds: float


class TuningWork:
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

    def make(self, out: Path, rows: np.ndarray, recipe: Recipe, seconds: float | None, judge: int) -> Made:
        """Tune on some rows, compile, and encode all rows where it is to judge."""
        what = "tuning the encoder" if judge < 0 else f"tuning judging encoder {judge + 1}"
        self.progress(what, 0.0)
        full = load_model(self.source)
        classes = {name: values[rows] for name, values in self.classes.items()}
        named, their_classes = label_texts(self.names, classes, self.config.descriptions)
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
        heads = {
            name: OwnHead(
                tuple(self.names[name][place] for place in np.unique(classes[name][classes[name] >= 0])),
                tuned.weights[name],
                tuned.biases[name],
            )
            for name in tuned.weights
        }
        self.progress("compiling", 0.0)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".full-") as folder:
            saved = Path(folder) / f"{self.source.name}-tuned"
            full.save_pretrained(str(saved), create_model_card=False)
            build_encoder(str(saved), out, tuned=self.facts(rows, tuned.epochs, recipe, judge))
        encoder = SentenceEncoder.open(out, threads=joblib.cpu_count())
        vectors, encoding = np.empty((0, encoder.dimension), np.float32), 0.0
        if judge >= 0:
            vectors, encoding = self.encode(encoder)
        return Made(encoder, vectors, heads, tuned.epochs, tuned.ran_out, tuned.seconds, encoding)

    def encode(self, encoder: SentenceEncoder) -> tuple[np.ndarray, float]:
        """Return all tickets' vectors, and the seconds that these took."""
        began = time.monotonic()
        vectors = CachedEncoder(encoder, self.cache).encode(
            self.texts, progress=lambda done: self.progress("reading texts", done / len(self.texts))
        )
        return vectors, time.monotonic() - began

    def gains(self, judged: Sequence[tuple[Fold, np.ndarray, Mapping[str, OwnHead]]]) -> list[Gain]:
        """Compare with the stock encoder."""
        self.progress("reading texts with the stock encoder", 0.0)
        self.encode(self.stock)
        self.progress("comparing", 0.0)
        filed = [past.ticket for past in self.history]
        words = WordView(self.stock.tokenizer).fit(self.texts)
        stock = CachedEncoder(self.stock, self.cache)
        views = make_views(filed, words, StructuredView().fit(filed), stock)
        named = {
            name: told
            for name, values in self.labels.items()
            for described in [self.config.descriptions.get(name, {})]
            if (told := name_labels(name, labels_of(values, {}), described, words, stock))
        }
        return measure_gain(
            self.labels, views, judged, ordered=self.ordered, random_state=self.config.seed, named=named
        )

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
            "data_hash": history_hash([self.history[row] for row in rows]),
            "judging": judge >= 0,
            **asdict(replace(recipe, epochs=epochs)),
        }


def _as_integers(values: Sequence[str | None], names: Sequence[str]) -> np.ndarray:
    places = {label: place for place, label in enumerate(names)}
    return np.array([-1 if value is None else places[value] for value in values])


def _dense(classes: np.ndarray) -> np.ndarray:
    """Number the labels that are there from 0, without gaps."""
    dense = np.full(len(classes), -1)
    has = classes >= 0
    dense[has] = np.unique(classes[has], return_inverse=True)[1]
    return dense
