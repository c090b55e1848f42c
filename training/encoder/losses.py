"""The two losses that tuning minimises; they know nothing of models or texts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

__all__ = ["contrastive_loss", "tuning_loss"]


def tuning_loss(
    vectors: "torch.Tensor",
    classes: Mapping[str, np.ndarray],
    softmax: "torch.nn.ModuleDict",
    *,
    scale: float,
    smoothing: float,
    contrast: float,
    temperature: float,
) -> "torch.Tensor":
    """Return the sum of both losses over fields, each over those tickets that have a label of the field.

    Parameters
    ----------
    vectors : tensor of shape (n, dimension)
        Of length 1.
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers, -1 where a ticket has no label.
    softmax : ModuleDict
        By field: a linear layer from vectors to labels.
    scale, smoothing, contrast, temperature
        See :class:`training.encoder.tune.Recipe`.
    """
    import torch

    total = vectors.sum() * 0.0
    for name, values in classes.items():
        has = np.flatnonzero(values >= 0)
        if not len(has):
            continue
        truth, mine = torch.from_numpy(values[has]), vectors[has]
        logits = scale * softmax[name](mine)
        total = total + torch.nn.functional.cross_entropy(logits, truth, label_smoothing=smoothing)
        total = total + contrast * contrastive_loss(mine, truth, temperature)
    return total


def contrastive_loss(vectors: "torch.Tensor", truth: "torch.Tensor", temperature: float) -> "torch.Tensor":
    """Return the supervised contrastive loss (Khosla et al. 2020, equation 2) of unit vectors.

    Tickets without another of their label in the batch say nothing; 0 where that is all of them.
    """
    import torch

    self_pairs = torch.eye(len(truth), dtype=torch.bool)
    cosines = (vectors @ vectors.T / temperature).masked_fill(self_pairs, -1e9)
    log_shares = cosines - torch.logsumexp(cosines, dim=1, keepdim=True)
    alike = (truth[:, None] == truth) & ~self_pairs
    has = alike.any(dim=1)
    if not has.any():
        return vectors.sum() * 0.0
    return -((log_shares * alike).sum(dim=1)[has] / alike.sum(dim=1)[has]).mean()
