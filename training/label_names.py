"""What labels are called and described as: evidence where tickets are few, and all there is without any.

A name is read like a ticket: by its words, and by its meaning. Teaches nothing about people: an assignee's
name says nothing of tickets.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.encoder import Encoder
from features.field_model import Head
from features.views import MEANING_SCALE, Views
from features.words import WordView

__all__ = ["NAMED", "NAMES", "NamedLabels", "label_text", "name_labels", "told_texts"]

NAMES = "names"
"""Name of the head that goes by names alone."""

NAMED = ("category", "subcategory", "team")
"""Fields whose labels are called what they mean."""

NAME_SCALE = 20.0
"""Of the cosine to a name before the softmax, the one that sentence-transformers trains all-MiniLM-L6-v2
with; what the names are worth in the pool is learnt on held-out tickets."""

NOT_A_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, eq=False)
class NamedLabels:
    """Names as an encoder and a words view see them.

    Parameters
    ----------
    columns : ndarray of shape (k,)
        Places of the labels whose name says something.
    views : dict of str to matrix
        ``words`` and ``meaning``, a row a name.
    """

    columns: np.ndarray
    views: Views

    def head(self, n_labels: int) -> Head:
        """Return the head that takes each ticket for the label whose name means most nearly the same.

        Zero-shot classification by sentence embeddings (Reimers and Gurevych 2019): logits are cosines to
        the names' vectors; a label without a telling name gets the mean of the others.
        """
        vectors = np.asarray(self.views["meaning"]) / MEANING_SCALE
        coef = np.tile(vectors.mean(axis=0)[:, None], (1, n_labels))
        coef[:, self.columns] = vectors.T
        coef *= np.float32(NAME_SCALE) / MEANING_SCALE
        return Head(("meaning",), (coef.astype(np.float32),), np.zeros(n_labels, np.float32))


def label_text(label: str, description: str | None = None) -> str:
    """Return a label's name as a text, and what it is described as after it; empty when nothing is said.

    Examples
    --------
    >>> label_text("card_arrival")
    'card arrival'
    >>> label_text("vpn", "remote access to the office")
    'vpn: remote access to the office'
    """
    name = NOT_A_WORD.sub(" ", label).strip()
    if not any(character.isalpha() for character in name):
        name = ""
    return ": ".join(part for part in (name, (description or "").strip()) if part)


def told_texts(field: str, labels: Sequence[str], descriptions: Mapping[str, str]) -> list[str]:
    """Return what is told of each label of a field; empty where nothing is.

    Parameters
    ----------
    field : str
        Its name; where labels are not called what they mean, only descriptions are read.
    labels : sequence of str
        In column order.
    descriptions : Mapping of str to str
        By label.

    Examples
    --------
    >>> told_texts("team", ["web_desk", "17"], {"17": "Night shift"})
    ['web desk', 'Night shift']
    >>> told_texts("assignee", ["dana", "sam"], {"sam": "payroll"})
    ['', 'payroll']
    """
    return [
        label_text(label if field in NAMED else "", descriptions.get(label)) if label else ""
        for label in labels
    ]


def name_labels(
    field: str,
    labels: Sequence[str],
    descriptions: Mapping[str, str],
    words: WordView,
    encoder: Encoder,
) -> NamedLabels | None:
    """Read the names of a field's labels.

    Parameters
    ----------
    field : str
        Its name.
    labels : sequence of str
        In column order.
    descriptions : Mapping of str to str
        By label; see :func:`told_texts`.
    words : WordView
        Fitted.
    encoder : Encoder
        Of the bundle.

    Returns
    -------
    NamedLabels or None
        None where fewer than two labels have a telling name.
    """
    texts = told_texts(field, labels, descriptions)
    columns = np.array([place for place, text in enumerate(texts) if text], int)
    if len(columns) < 2:
        return None
    told = [texts[place] for place in columns]
    return NamedLabels(
        columns, {"words": words.transform(told), "meaning": encoder.encode(told) * MEANING_SCALE}
    )
