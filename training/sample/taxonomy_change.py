"""The one change of the taxonomy in a preset: what today's labels were called before.

It does not say which day the change fell on; ``tickets.py`` turns the fraction into a time.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from training.sample.preset import Category, TaxonomyChange
from triage.errors import InputError

_SHAPES = {"split": (1, 2), "merge": (2, 1), "rename": (1, 1)}


def read_taxonomy_change(
    values: Mapping[str, Any], categories: tuple[Category, ...], where: str
) -> TaxonomyChange:
    """Turn ``{kind, at, from, to, note}`` into the map from today's labels to those of before.

    Parameters
    ----------
    values : mapping
        ``from`` and ``to`` are category ids, each one text or a list: a split goes from one to several, a
        merge from several to one, a rename from one to one. A merge may say in ``map`` (subcategory id -> old
        category id) which of the old categories a ticket of today stood in; else they are dealt out in turn.
    categories : tuple of Category
        Today's taxonomy.
    where : str
        Name of the file, for messages.

    Returns
    -------
    TaxonomyChange

    Raises
    ------
    InputError
        For another kind, ids that do not fit the kind, or ids that today's taxonomy contradicts.
    """
    kind = values.get("kind")
    if kind not in _SHAPES:
        raise InputError(f"Got taxonomy_change kind {kind!r} in {where}; expected split, merge or rename.")
    old, new = _ids(values.get("from")), _ids(values.get("to"))
    fewest = _SHAPES[kind]
    most = tuple(1 if size == 1 else len(old) + len(new) for size in fewest)
    if not (fewest[0] <= len(old) <= most[0] and fewest[1] <= len(new) <= most[1]):
        raise InputError(
            f"Got a {kind} from {old} to {new} in {where}; expected one 'from' and several 'to' for a split, "
            "several and one for a merge, one and one for a rename."
        )
    at = values.get("at")
    if not isinstance(at, int | float) or not 0 < at < 1:
        raise InputError(f"Got taxonomy_change at={at!r} in {where}; expected a fraction between 0 and 1.")
    today = {category.id: category for category in categories}
    unknown = [label for label in new if label not in today]
    standing = [label for label in old if label in today and label not in new]
    if unknown or standing:
        raise InputError(
            f"Got a {kind} from {old} to {new} in {where}; expected 'to' to be categories of taxonomy.toml "
            "(the taxonomy after the change) and 'from' to be gone from it."
        )
    chosen = values.get("map", {})
    before = {}
    for label in new:
        for number, part in enumerate(today[label].subcategories):
            before[label, part.id] = chosen.get(part.id, old[number % len(old)])
    wrong = sorted(set(before.values()) - set(old))
    if wrong:
        raise InputError(f"Got taxonomy_change map values {wrong} in {where}; expected ids out of {old}.")
    return TaxonomyChange(kind, float(at), MappingProxyType(before), str(values.get("note", "")))


def _ids(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list) else []
