"""Labels as texts: what a label is called and described as is one more ticket to tune on (docs/log.md)."""

from collections.abc import Mapping, Sequence

import numpy as np

from training.label_names import told_texts

__all__ = ["FEW_SHOT", "is_few_shot", "label_texts"]

FEW_SHOT = 20
"""Tickets a label under which an encoder is tuned as for a handful."""


def is_few_shot(classes: np.ndarray) -> bool:
    """Return whether a field's labels (integers, -1 for none) have fewer than 20 tickets on the mean."""
    present = classes[classes >= 0]
    return len(present) < FEW_SHOT * len(np.unique(present))


def label_texts(
    names: Mapping[str, Sequence[str]],
    classes: Mapping[str, np.ndarray],
    descriptions: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[list[str], dict[str, np.ndarray]]:
    """Return the names of labels and what they are described as as texts, and their labels by field.

    Parameters
    ----------
    names : Mapping of str to sequence of str
        By field: the labels, in the order of their integers.
    classes : Mapping of str to ndarray of shape (n,)
        By field: integers, -1 where a ticket has no label.
    descriptions : Mapping of str to Mapping of str to str, optional
        By field and label, as in ``[descriptions.<field>]``; none by default.

    Returns
    -------
    texts : list of str
        As :func:`training.label_names.told_texts` has them; labels that no ticket has, and those of which
        nothing is told, are left out.
    classes : dict of str to ndarray of shape (n_texts,)
        For the texts, as ``classes`` for the tickets.

    Examples
    --------
    >>> label_texts({"category": ["card_arrival", "vpn"]}, {"category": np.array([0, 0, 1])})
    (['card arrival', 'vpn'], {'category': array([0, 1])})
    """
    texts: list[str] = []
    own: list[tuple[str, int]] = []
    for field in names:
        told = told_texts(field, names[field], (descriptions or {}).get(field, {}))
        for place in np.unique(classes[field][classes[field] >= 0]):
            if told[place]:
                texts.append(told[place])
                own.append((field, int(place)))
    return texts, {
        name: np.array([place if field == name else -1 for field, place in own], int) for name in classes
    }
