"""Keeps what affinity learnt of a workspace on this machine, so that the next start need not learn it again.

What is found is what learning again would come to: the same program, model and events of the store's log,
in the same order. It is signed like a bundle, and checked before a byte of it is loaded. It was learnt from
tickets and lies with what training learnt from them: an erasure deletes it on every machine.
"""

import hashlib
import logging
import pickle
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from features.forgotten_texts import LEARNT
from serving.affinity_shelf import Shelf
from triage.bundle import Bundle
from triage.program_hash import program_hash
from triage.signed_file import read_signed, write_signed
from triage.store import Store
from triage.store.handled import Handled, newest_handled
from triage.store.revisions import Kind, read_revisions

__all__ = ["KeptAffinity"]

MANY = 256
"""Events learnt since it was last kept that make it worth a quarter of a second to keep it again."""
EVERY_SECONDS = 3600.0
PROGRAM = ("triage/**/*.py", "features/**/*.py", "serving/*affinity*.py"), ("numpy", "scipy")
"""Files and libraries that say what is learnt."""

log = logging.getLogger("triage.affinity")


class KeptAffinity:
    """What was kept on this machine.

    Parameters
    ----------
    cache : Path
        Folder of the embeddings, beside which it lies.
    key : bytes
        Signs it.
    newest : int
        Events that an index is made from at most.
    """

    def __init__(self, cache: Path, key: bytes, newest: int) -> None:
        self._cache = cache
        self._key = key
        self._newest = newest
        self._kept: dict[str, tuple[float, int]] = {}

    def find(self, store: Store, workspace: str, bundle: Bundle | None, encoder: Encoder) -> Shelf | None:
        """Return a shelf as it was kept, if it is still what the store's log would come to.

        Parameters
        ----------
        store : Store
            Its log.
        workspace : str
            Whose.
        bundle : Bundle or None
            The champion.
        encoder : Encoder
            The champion's encoder, or the shipped one.
        """
        body = read_signed(self._path(workspace), self._key)
        if body is None:
            return None
        index, mark, latest_at, known, told = pickle.loads(body)
        erasures = read_revisions(store, workspace)[Kind.ERASURES]
        events = newest_handled(store, workspace, self._newest, until=mark)
        if told != _digest(bundle, encoder, erasures, events):
            return None
        self._kept[workspace] = time.monotonic(), len(events)
        kept = CachedEncoder(encoder, self._cache)
        shelf = Shelf(index, encoder, kept, bundle, mark, deque(), 0, erasures)
        shelf.latest_at, shelf.known, shelf.learnt = latest_at, known, len(events)
        return shelf

    def keep(self, store: Store, workspace: str, shelf: Shelf) -> None:
        """Keep a shelf that has learnt everything up to its mark, if enough of it is new."""
        at, count = self._kept.get(workspace, (0.0, 0))
        if shelf.learnt - count < MANY or (count and time.monotonic() - at < EVERY_SECONDS):
            return
        with shelf.learner, shelf.turn:
            if shelf.waiting or shelf.is_out_of_order:
                return
            events = newest_handled(store, workspace, self._newest, until=shelf.mark)
            told = _digest(shelf.bundle, shelf.encoder, shelf.erasures, events)
            body = pickle.dumps((shelf.index, shelf.mark, shelf.latest_at, shelf.known, told), 5)
        self._kept[workspace] = time.monotonic(), shelf.learnt
        path = self._path(workspace)
        try:
            write_signed(path, self._key, body)
        except OSError as error:
            log.warning("what affinity learnt is not kept: %s", type(error).__name__)
            return
        if read_revisions(store, workspace)[Kind.ERASURES] != shelf.erasures:
            path.unlink(missing_ok=True)  # Whoever deletes what was learnt before an erasure may have passed.

    def _path(self, workspace: str) -> Path:
        name = hashlib.blake2b(workspace.encode(), digest_size=16).hexdigest()
        return self._cache / LEARNT / f"served-affinity-{name}"


def _digest(bundle: Bundle | None, encoder: Encoder, erasures: int, events: Sequence[Handled]) -> str:
    """Return a hash of all that an index rests on."""
    found = hashlib.blake2b(program_hash(*PROGRAM).encode(), digest_size=16)
    model = None if bundle is None else bundle.version
    found.update(repr((model, encoder.fingerprint, erasures)).encode())
    for event in events:
        found.update(repr(event).encode("utf-8", "surrogatepass"))
    return found.hexdigest()
