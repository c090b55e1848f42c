"""Fine-tunes a sentence-transformers model on a history's labels; knows nothing of judging or compiling.

Two losses, summed over fields. A softmax over labels on a ticket's unit vector, whose weights start as the
mean vectors of the labels' tickets (Zhai and Wu 2019, *Classification is a Strong Baseline for Deep Metric
Learning*), contrasts each ticket with every label. The supervised contrastive loss (Khosla et al. 2020)
pulls it to the tickets of its label in the batch and pushes it from the others. Their sizes and rates are
those of a study on development slices, docs/log.md.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from training.encoder.batches import deal_batches, labelled_rows
from training.encoder.losses import tuning_loss
from triage.errors import ConfigurationError, TrainingError

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = ["Recipe", "Tuned", "multiplies_in_half", "tune_model"]

Progress = Callable[[float], None]

PART = 16
"""Texts padded together; docs/log.md has what this saves."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to tune.

    Parameters
    ----------
    epochs : float
        Texts read, as a multiple of the labelled ones.
    learning_rate : float, default=5e-5
        Of AdamW, constant after the warm-up.
    softmax_rate : float, default=1e-3
        The same, for the softmax's weights.
    scale : float, default=20.0
        Of the vectors before the softmax.
    smoothing : float, default=0.05
        Of the labels (Szegedy et al. 2016).
    contrast : float, default=0.5
        Weight of the supervised contrastive loss beside the softmax's.
    temperature : float, default=0.07
        Of the contrastive loss.
    frozen_layers : int, default=3
        Lowest layers left as they are, at most half of all; the word table always is.
    recency : float, default=8.0
        The running mean of the weights, which is what is kept, weighs step t by about t to this power
        (Shamir and Zhang 2013, polynomial-decay averaging). With a constant rate this does what a falling
        rate does, and a run cut short is the beginning of the longer one.
    batch : int, default=64
        Texts a step, half of them partners.
    max_tokens : int, default=128
        Read of each text while tuning.
    warm_up : int, default=20
        Steps until the full rate.
    seed : int, default=0
        Of everything random.
    threads : int, default=2
        Of torch; part of what must be equal for the same bits.
    half : bool, default=False
        Multiply in bfloat16, sums and weights in float32; see :func:`multiplies_in_half`.
    """

    epochs: float
    learning_rate: float = 5e-5
    softmax_rate: float = 1e-3
    scale: float = 20.0
    smoothing: float = 0.05
    contrast: float = 0.5
    temperature: float = 0.07
    frozen_layers: int = 3
    recency: float = 8.0
    batch: int = 64
    max_tokens: int = 128
    warm_up: int = 20
    seed: int = 0
    threads: int = 2
    half: bool = False

    def __post_init__(self) -> None:
        if not self.epochs > 0:
            raise ConfigurationError(f"Got epochs={self.epochs}; expected more than 0.")
        if self.threads < 1:
            raise ConfigurationError(f"Got threads={self.threads}; expected 1 or more.")


@dataclass(frozen=True, slots=True)
class Tuned:
    """What a tuning took and left.

    Parameters
    ----------
    epochs : float
        Done.
    seconds : float
    ran_out : bool
        Whether time ended before all epochs were done.
    weights, biases : Mapping of str to ndarray of shapes (n_labels, dimension) and (n_labels,), float32
        By field: the softmax's logits, linear in unit vectors.
    """

    epochs: float
    seconds: float
    ran_out: bool
    weights: Mapping[str, np.ndarray]
    biases: Mapping[str, np.ndarray]


def multiplies_in_half() -> bool:
    """Return whether this processor multiplies bfloat16 by itself: more than twice as fast (docs/log.md)."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


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

    labelled = len(labelled_rows(classes))
    if not labelled:
        raise TrainingError("Got no labelled ticket; expected some to tune on. Give other --target fields.")
    lengths = np.array([len(text) for text in texts])
    wanted = max(1, round(recipe.epochs * labelled / recipe.batch))
    began = clock()
    with _settled(torch, recipe):
        weights = _trainable(model, recipe.frozen_layers)
        softmax = _softmax_layers(model, texts, classes, recipe)
        optimizer = torch.optim.AdamW(
            [
                {"params": weights, "lr": recipe.learning_rate, "weight_decay": 0.01},
                {"params": list(softmax.parameters()), "lr": recipe.softmax_rate, "weight_decay": 0.0},
            ]
        )
        warm = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / recipe.warm_up)
        )
        learnt = [*weights, *softmax.parameters()]
        means = [weight.detach().clone() for weight in learnt]
        model.train()
        done = 0
        for rows in deal_batches(classes, lengths, recipe.batch, np.random.default_rng(recipe.seed)):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=recipe.half):
                vectors = _vectors(model, [texts[row] for row in rows], recipe.max_tokens)
            optimizer.zero_grad()
            loss: Any = tuning_loss(
                vectors,
                {name: values[rows] for name, values in classes.items()},
                softmax,
                scale=recipe.scale,
                smoothing=recipe.smoothing,
                contrast=recipe.contrast,
                temperature=recipe.temperature,
            )
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimizer.step()
            warm.step()
            done += 1
            with torch.no_grad():
                for mean, weight in zip(means, learnt, strict=True):
                    mean.lerp_(weight, (recipe.recency + 1.0) / (recipe.recency + done))
            spent = clock() - began
            progress(min(1.0, max(done / wanted, spent / seconds if seconds else 0.0)))
            ran_out = seconds is not None and spent > seconds and done < wanted
            if ran_out or done >= wanted:
                break
        with torch.no_grad():
            for mean, weight in zip(means, learnt, strict=True):
                weight.copy_(mean)
        model.eval()
    return Tuned(
        done * recipe.batch / labelled if ran_out else recipe.epochs,
        clock() - began,
        ran_out,
        {name: recipe.scale * softmax[name].get_parameter("weight").detach().numpy() for name in classes},
        {name: recipe.scale * softmax[name].get_parameter("bias").detach().numpy() for name in classes},
    )


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
    layers = transformer.encoder.layer
    frozen = [transformer.embeddings, *layers[: min(frozen_layers, len(layers) // 2)]]
    # The pooler is no part of a mean-pooled vector.
    frozen += [transformer.pooler] if getattr(transformer, "pooler", None) is not None else []
    for part in frozen:
        for weight in part.parameters():
            weight.requires_grad_(False)
    return [weight for weight in model.parameters() if weight.requires_grad]


def _softmax_layers(
    model: "SentenceTransformer", texts: Sequence[str], classes: Mapping[str, np.ndarray], recipe: Recipe
) -> "torch.nn.ModuleDict":
    """Return, by field, a linear layer that starts at the mean vector of each label's first tickets."""
    import torch

    chosen = {name: _first_of_each(values) for name, values in classes.items()}
    rows = np.unique(np.concatenate(list(chosen.values())))
    vectors = np.zeros((len(texts), model.get_embedding_dimension() or 0), np.float32)
    model.eval()
    for at in range(0, len(rows), recipe.batch):
        part = rows[at : at + recipe.batch]
        with torch.no_grad():
            vectors[part] = _vectors(model, [texts[row] for row in part], recipe.max_tokens).numpy()
    layers = torch.nn.ModuleDict()
    for name, values in classes.items():
        sums = np.zeros((values.max() + 1, vectors.shape[1]), np.float32)
        np.add.at(sums, values[chosen[name]], vectors[chosen[name]])
        layer = torch.nn.Linear(sums.shape[1], sums.shape[0])
        with torch.no_grad():
            layer.weight.copy_(torch.nn.functional.normalize(torch.from_numpy(sums), dim=1))
            layer.bias.zero_()
        layers[name] = layer
    return layers


def _first_of_each(values: np.ndarray, most: int = 10) -> np.ndarray:
    """Return rows of a few tickets a label: a sample places its mean well enough."""
    order = np.argsort(values, kind="stable")
    order = order[values[order] >= 0]
    starts = np.searchsorted(values[order], values[order])
    return np.asarray(order[np.arange(len(order)) - starts < most])


def _vectors(model: "SentenceTransformer", texts: Sequence[str], max_tokens: int) -> "torch.Tensor":
    """Return unit vectors of a batch, read in parts of texts about as long as each other.

    Nothing of one text reaches another before the losses, so that only padding is saved by it: of few-word
    texts two thirds of the work.
    """
    import torch

    tokens = model.tokenizer(list(texts), truncation=True, max_length=max_tokens)
    lengths = np.array([len(one) for one in tokens["input_ids"]])
    order = np.argsort(lengths, kind="stable")
    parts = []
    for at in range(0, len(order), PART):
        part = {name: [values[row] for row in order[at : at + PART]] for name, values in tokens.items()}
        parts.append(model(dict(model.tokenizer.pad(part, return_tensors="pt")))["sentence_embedding"])
    places = torch.from_numpy(np.argsort(order, kind="stable"))
    return torch.nn.functional.normalize(torch.cat(parts).float()[places], dim=1)
