"""Writes a model so that equal models give equal bytes.

Pickle writes a string once and then refers to it wherever the same object comes again: which equal strings
are one object depends on how the history was read, not on what was learnt. Here equal strings are one, and
sets are written in order.
"""

import io
from pathlib import Path
from typing import Any

from joblib.numpy_pickle import NumpyPickler

__all__ = ["canonical_bytes", "dump_canonical"]


class _CanonicalPickler(NumpyPickler):  # type: ignore[misc]
    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self._strings: dict[str, str] = {}

    def save(self, obj: Any) -> None:
        if type(obj) in (set, frozenset) and id(obj) not in self.memo:
            # Their own order follows the hashes of strings, which change from process to process.
            self.save_reduce(type(obj), (sorted(obj, key=repr),), obj=obj)
        else:
            super().save(self._strings.setdefault(obj, obj) if type(obj) is str else obj)


def dump_canonical(value: Any, path: Path) -> None:
    """Write an object as ``joblib.dump`` does, uncompressed, for ``joblib.load(path, mmap_mode="r")``.

    Parameters
    ----------
    value : object
        Members of sets in it need a ``repr`` that tells them apart.
    path : Path
        Written anew.
    """
    with path.open("wb") as file:
        _CanonicalPickler(file).dump(value)


def canonical_bytes(value: Any) -> bytes:
    """Return what :func:`dump_canonical` writes."""
    file = io.BytesIO()
    _CanonicalPickler(file).dump(value)
    return file.getvalue()
