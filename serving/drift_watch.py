"""Watches how far decisions drift from what their models were judged on: one workspace at a time."""

import time
from collections.abc import Sequence

from serving.gauges import Gauges
from serving.model_host import ModelHost
from triage.bundle import Manifest
from triage.live_drift import WINDOW, LiveDrift, measure_live_drift
from triage.store import Store
from triage.store.recent_decisions import recent_documents

__all__ = ["DriftWatch", "drift_of"]

EVERY_S = 300.0
"""A workspace is looked at again after so long: reading a thousand decisions costs some 50 ms."""


class DriftWatch:
    """Looks at workspaces in turn.

    Parameters
    ----------
    store : Store
        Holds the decisions.
    models : ModelHost
        Holds the champions and their references.
    gauges : Gauges
        Told what was found.
    """

    def __init__(self, store: Store, models: ModelHost, gauges: Gauges) -> None:
        self._store = store
        self._models = models
        self._gauges = gauges
        self._looked: dict[str, float] = {}
        self._found: dict[str, Sequence[LiveDrift]] = {}

    def look(self) -> None:
        """Look at the workspace that was not looked at for longest, unless that was just now."""
        names = self._models.workspaces
        for gone in set(self._looked) - set(names):
            del self._looked[gone], self._found[gone]
        if not names:
            return
        name = min(names, key=lambda one: self._looked.get(one, 0.0))
        now = time.monotonic()
        bundle = self._models.bundle(name)
        if bundle is None or (name in self._looked and now - self._looked[name] < EVERY_S):
            return
        self._looked[name] = now
        self._found.setdefault(name, ())
        self._found[name] = drift_of(self._store, name, bundle.manifest)
        worst: dict[tuple[str, str], LiveDrift] = {}
        for one in (each for found in self._found.values() for each in found):
            key = (one.measure, one.field or "")
            if key not in worst or (one.excess, one.value) > (worst[key].excess, worst[key].value):
                worst[key] = one
        self._gauges.note_drift(worst)


def drift_of(store: Store, workspace: str, manifest: Manifest) -> list[LiveDrift]:
    """Compare a workspace's newest decisions with what its model was judged on.

    Parameters
    ----------
    store : Store
        Holds the decisions.
    workspace : str
        Whose.
    manifest : Manifest
        Of its champion; one without a reference tells nothing.
    """
    reference = manifest.training.get("reference")
    if not reference:
        return []
    return measure_live_drift(reference, recent_documents(store, workspace, manifest.version, 2 * WINDOW))
