"""The softmax that an encoder was tuned with, kept as a head of the field: a fresh one there overfits.

Tickets that were tuned on lie where their labels are, so a regression fitted on them sees no hard case. The
tuner's own softmax saw them while they were hard (docs/log.md has what it is worth).
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.views import MEANING_SCALE

__all__ = ["OwnHead", "heads_from_bytes", "heads_to_bytes"]


@dataclass(frozen=True, slots=True, eq=False)
class OwnHead:
    """Logits of a field's labels, linear in the encoder's unit vectors.

    Parameters
    ----------
    labels : tuple of str
        Those that were tuned on.
    weights : ndarray of shape (n_labels, dimension), float32
    bias : ndarray of shape (n_labels,), float32
    """

    labels: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray

    def start(self, names: Sequence[str]) -> tuple[list[np.ndarray], np.ndarray]:
        """Return coefficients of shape (dimension, n_names) for the block ``meaning``, and the intercept.

        Labels that were not tuned on get zeros: about what a label gets that does not fit.
        """
        places = {label: place for place, label in enumerate(self.labels)}
        coef = np.zeros((self.weights.shape[1], len(names)), np.float32)
        intercept = np.zeros(len(names), np.float32)
        for column, name in enumerate(names):
            if str(name) in places:
                coef[:, column] = self.weights[places[str(name)]] / MEANING_SCALE
                intercept[column] = self.bias[places[str(name)]]
        return [coef], intercept

    def beside(self, dimension: int) -> "OwnHead":
        """Return the same for vectors that stand right of others, both shortened by the root of two."""
        before = np.zeros((len(self.labels), dimension), np.float32)
        return OwnHead(self.labels, np.hstack([before, self.weights * np.float32(np.sqrt(2.0))]), self.bias)


def heads_to_bytes(heads: Mapping[str, OwnHead]) -> bytes:
    """Return fields' heads as an ``.npz`` without pickles."""
    arrays: dict[str, np.ndarray] = {}
    for field, head in heads.items():
        arrays |= {
            f"{field}.labels": np.array(head.labels, dtype=str),
            f"{field}.weights": head.weights,
            f"{field}.bias": head.bias,
        }
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def heads_from_bytes(content: bytes) -> dict[str, OwnHead]:
    """Read what :func:`heads_to_bytes` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        fields = sorted({name.rsplit(".", 1)[0] for name in kept.files})
        return {
            field: OwnHead(
                tuple(str(label) for label in kept[f"{field}.labels"]),
                kept[f"{field}.weights"],
                kept[f"{field}.bias"],
            )
            for field in fields
        }
