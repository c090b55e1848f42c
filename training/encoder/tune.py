"""Fine-tunes a sentence-transformers model on a history's labels; knows nothing of judging or compiling.

Each field has a prototype a label, which starts as the mean of its tickets' vectors. A ticket's vector is
pulled towards the prototypes of its labels and pushed from all others, by the cross-entropy of scaled
cosines (NormSoftmax: Zhai and Wu 2019, *Classification is a Strong Baseline for Deep Metric Learning*). So
each ticket is contrasted with every label in every step, without mining pairs; the prototypes are thrown
away at the end.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.encoder.batches import deal_batches, draw_shares
from triage.errors import ConfigurationError, TrainingError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = ["Recipe", "Tuned", "tune_model"]

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune.

    Parameters
    ----------
    epochs : float
        How often each ticket is drawn, on the mean.
    learning_rate : float, default=5e-5
        Of AdamW, constant after the warm-up.
    prototype_rate : float, default=1e-3
        The same, for the prototypes.
    scale : float, default=16.0
        Of cosines before the softmax.
    frozen_layers : int, default=0
        Lowest layers left as they are; the word table always is.
    average : float, default=0.98
        Decay of the running mean of the weights, which is what is kept: a constant rate with a mean needs no
        schedule, so a run cut short is the beginning of the longer one.
    batch : int, default=32
        Texts a step.
    max_tokens : int, default=128
        Read of each text while tuning.
    warm_up : int, default=10
        Steps until the full rate.
    seed : int, default=0
        Of everything random.
    threads : int, default=2
        Of torch; part of what must be equal for the same bits.
    """

    epochs: float
    learning_rate: float = 5e-5
    prototype_rate: float = 1e-3
    scale: float = 16.0
    frozen_layers: int = 0
    average: float = 0.98
    batch: int = 32
    max_tokens: int = 128
    warm_up: int = 10
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        if not self.epochs > 0:
            raise ConfigurationError(f"Got epochs={self.epochs}; expected more than 0.")
        if self.threads < 1:
            raise ConfigurationError(f"Got threads={self.threads}; expected 1 or more.")


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a tuning took: ``epochs`` done, ``seconds``, and whether time ``ran_out`` before all were."""

    epochs: float
    seconds: float
    ran_out: bool


def tune_model(
    model: "SentenceTransformer",
    texts: Sequence[str],
    classes: Mapping[str, np.ndarray],
    recipe: Recipe,
    *,
    seconds: float | None = None,
    progress: Progress = lambda share: None,
    clock: Callable[[], float] = time.monotonic,
) -> Tuned:
    """Tune a model in place.

    Parameters
    ----------
    model : SentenceTransformer
        On CPU; left in evaluation mode.
    texts : sequence of str
        Cleaned.
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers from 0, -1 where a ticket has no label.
    recipe : Recipe
        See there.
    seconds : float, optional
        Stop at the first step that ends later than this, at least one step done; default: never.
    progress : callable, optional
        Told the share done after each step.
    clock : callable, default=time.monotonic
        Returns seconds.

    Raises
    ------
    TrainingError
        If no ticket has a label.
    """
    import torch

    shares = draw_shares(classes)
    if not shares.any():
        raise TrainingError("Got no labelled ticket; expected some to tune on. Give other --target fields.")
    generator = np.random.default_rng(recipe.seed)
    lengths = np.array([len(text) for text in texts])
    wanted = max(1, round(recipe.epochs * float((shares > 0).sum()) / recipe.batch))
    began = clock()
    with _settled(torch, recipe):
        weights = _trainable(model, recipe.frozen_layers)
        prototypes = _prototypes(model, texts, classes, recipe)
        optimizer = torch.optim.AdamW(
            [
                {"params": weights, "lr": recipe.learning_rate, "weight_decay": 0.01},
                {"params": list(prototypes.values()), "lr": recipe.prototype_rate, "weight_decay": 0.0},
            ]
        )
        warm = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / recipe.warm_up)
        )
        means = [weight.detach().clone() for weight in weights]
        model.train()
        done = 0
        for rows in deal_batches(shares, lengths, recipe.batch, generator):
            loss = _loss(model, [texts[row] for row in rows], classes, rows, prototypes, recipe)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            warm.step()
            done += 1
            keep = min(recipe.average, done / (done + 9))  # a young mean forgets its first steps sooner
            with torch.no_grad():
                for mean, weight in zip(means, weights, strict=True):
                    mean.lerp_(weight, 1.0 - keep)
            spent = clock() - began
            progress(min(1.0, max(done / wanted, spent / seconds if seconds else 0.0)))
            ran_out = seconds is not None and spent > seconds and done < wanted
            if ran_out or done >= wanted:
                break
        with torch.no_grad():
            for mean, weight in zip(means, weights, strict=True):
                weight.copy_(mean)
        model.eval()
    epochs = done * recipe.batch / float((shares > 0).sum()) if ran_out else recipe.epochs
    return Tuned(epochs, clock() - began, ran_out)


@contextmanager
def _settled(torch: Any, recipe: Recipe) -> Iterator[None]:
    """Seed torch and set its threads, and put both back."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def _trainable(model: "SentenceTransformer", frozen_layers: int) -> list["torch.nn.Parameter"]:
    transformer: Any = model[0].auto_model
    for weight in transformer.parameters():
        weight.requires_grad_(True)
    frozen = [transformer.embeddings, *transformer.encoder.layer[:frozen_layers]]
    # The pooler is no part of a mean-pooled vector.
    frozen += [transformer.pooler] if getattr(transformer, "pooler", None) is not None else []
    for part in frozen:
        for weight in part.parameters():
            weight.requires_grad_(False)
    return [weight for weight in model.parameters() if weight.requires_grad]


def _prototypes(
    model: "SentenceTransformer", texts: Sequence[str], classes: Mapping[str, np.ndarray], recipe: Recipe
) -> dict[str, "torch.nn.Parameter"]:
    """Return, by field, the mean vector of each label's first tickets: a sample places it well enough."""
    import torch

    chosen = {name: _first_of_each(values) for name, values in classes.items()}
    rows = np.unique(np.concatenate(list(chosen.values())))
    vectors = np.zeros((len(texts), model.get_embedding_dimension() or 0), np.float32)
    model.eval()
    for at in range(0, len(rows), recipe.batch):
        part = rows[at : at + recipe.batch]
        with torch.no_grad():
            vectors[part] = _vectors(model, [texts[row] for row in part], recipe.max_tokens).numpy()
    made = {}
    for name, values in classes.items():
        sums = np.zeros((values.max() + 1, vectors.shape[1]), np.float32)
        np.add.at(sums, values[chosen[name]], vectors[chosen[name]])
        made[name] = torch.nn.Parameter(torch.nn.functional.normalize(torch.from_numpy(sums), dim=1))
    return made


def _first_of_each(values: np.ndarray, most: int = 10) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    order = order[values[order] >= 0]
    starts = np.searchsorted(values[order], values[order])
    return np.asarray(order[np.arange(len(order)) - starts < most])


def _vectors(model: "SentenceTransformer", texts: Sequence[str], max_tokens: int) -> "torch.Tensor":
    import torch

    tokens = model.tokenizer(
        list(texts), padding=True, truncation=True, max_length=max_tokens, return_tensors="pt"
    )
    return torch.nn.functional.normalize(model(dict(tokens))["sentence_embedding"], dim=1)


def _loss(
    model: "SentenceTransformer",
    texts: Sequence[str],
    classes: Mapping[str, np.ndarray],
    rows: np.ndarray,
    prototypes: Mapping[str, "torch.nn.Parameter"],
    recipe: Recipe,
) -> "torch.Tensor":
    """Return the sum over fields of the mean cross-entropy of those tickets that have the field's label."""
    import torch

    vectors = _vectors(model, texts, recipe.max_tokens)
    total = vectors.sum() * 0.0
    for name, values in classes.items():
        truth = torch.from_numpy(values[rows])
        has = truth >= 0
        if has.any():
            cosines = vectors[has] @ torch.nn.functional.normalize(prototypes[name], dim=1).T
            total = total + torch.nn.functional.cross_entropy(recipe.scale * cosines, truth[has])
    return total
