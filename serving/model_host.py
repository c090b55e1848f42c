"""The models that answer: the champion of each workspace, following the registry file while it serves.

A new champion is verified, loaded and tried out first; only then does the pointer move, in one step.
A request that has begun keeps the bundle it began with. When a load fails the last good one stays.
"""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from features.model import TicketModel
from triage.bundle import Bundle, read_manifest
from triage.bundle_origin import check_origin, is_foreign
from triage.errors import BundleError, ConflictError, TriageError
from triage.registry import Registry
from triage.ticket import Ticket

__all__ = ["ModelHost", "try_out"]

RETRY_SECONDS = 30.0
PROBE = Ticket(
    "self-test",
    subject="Cannot sign in since this morning",
    body="It says that the password is wrong.",
    created_at=datetime(2026, 1, 5, 9, tzinfo=UTC),
)

log = logging.getLogger("triage.models")


class ModelHost:
    """Holds the loaded champions.

    Parameters
    ----------
    registry : Registry
        Where the pointers stand.
    key : bytes
        The signing key; nothing that it did not sign is loaded.
    threads : int
        Threads of each sentence encoder.
    poll_seconds : float
        How often the registry file is looked at.
    """

    def __init__(self, registry: Registry, key: bytes, *, threads: int, poll_seconds: float) -> None:
        self.registry = registry
        self.key = key
        self._threads = threads
        self._poll_seconds = poll_seconds
        self._bundles: Mapping[str, Bundle] = {}
        self._failures: Mapping[str, str] = {}
        self._seen: tuple[int, int, int] | None = None
        self._retry_at = 0.0
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        self._follower: threading.Thread | None = None

    def start(self) -> None:
        """Load every champion, then follow the registry file in a thread."""
        self.refresh()
        self._follower = threading.Thread(target=self._follow, name="model-host", daemon=True)
        self._follower.start()

    def stop(self) -> None:
        """Stop following; loaded models stay usable."""
        self._stopping.set()
        if self._follower is not None:
            self._follower.join()

    def bundle(self, workspace: str) -> Bundle | None:
        """Return the bundle that answers in a workspace, None when there is none."""
        return self._bundles.get(workspace)

    @property
    def workspaces(self) -> tuple[str, ...]:
        """The workspaces that have a loaded model."""
        return tuple(self._bundles)

    @property
    def ready(self) -> int:
        """Workspaces with a loaded model."""
        return len(self._bundles)

    @property
    def failures(self) -> Mapping[str, str]:
        """By workspace, why its champion could not be loaded; the last good one answers there."""
        return self._failures

    def prepare(self, workspace: str, version: str, from_workspace: str | None = None) -> Bundle:
        """Verify, load and try out a version without letting it answer yet.

        Parameters
        ----------
        workspace : str
            Where it shall answer.
        version : str
            Which one.
        from_workspace : str, optional
            The other workspace that it may have learnt from; by default none but one let in before.

        Raises
        ------
        NotFoundError
            If the workspace has no such version.
        BundleError
            If it cannot be trusted or used, or learnt from another workspace's history.
        """
        return self._load(workspace, version, from_workspace)

    def prepare_rollback(self, workspace: str) -> Bundle | None:
        """Do the same with the version that a rollback returns to; None when there is none."""
        previous = self.registry.pointers(workspace).previous
        return self._load(workspace, previous[-1]) if previous else None

    def promote(self, workspace: str, prepared: Bundle) -> None:
        """Make a prepared version the champion: it answers here from the next request on."""
        with self._changing:
            manifest = prepared.manifest
            origin = manifest.workspace if is_foreign(manifest, workspace) else None
            self.registry.promote(workspace, prepared.version, origin)
            self._bundles = {**self._bundles, workspace: prepared}

    def roll_back(self, workspace: str, prepared: Bundle | None) -> None:
        """Return to the earlier champion, which was prepared.

        Raises
        ------
        ConflictError
            If there is none, or somebody else moved the pointer since it was prepared.
        """
        with self._changing:
            previous = self.registry.pointers(workspace).previous
            if prepared is not None and previous[-1:] != (prepared.version,):
                raise ConflictError(
                    f"Got a rollback to {prepared.version!r} while somebody else moved the pointer; "
                    "look at the models again, then repeat it if it is still wanted."
                )
            self.registry.rollback(workspace)
            if prepared is not None:
                self._bundles = {**self._bundles, workspace: prepared}

    def refresh(self) -> None:
        """Look at the registry now and load what changed."""
        with self._changing:
            self._seen = self._fingerprint()
            bundles, failures = dict(self._bundles), {}
            try:
                champions = {
                    workspace: self.registry.pointers(workspace).champion
                    for workspace in self.registry.workspaces()
                }
            except (OSError, ValueError) as error:
                self._failures = {"registry": f"The registry file cannot be read: {type(error).__name__}."}
                self._retry_at = time.monotonic() + RETRY_SECONDS
                return
            for workspace in set(bundles) - {name for name, version in champions.items() if version}:
                del bundles[workspace]
            for workspace, version in champions.items():
                serving = bundles.get(workspace)
                if version is None or (serving is not None and serving.version == version):
                    continue
                try:
                    bundles[workspace] = self._load(workspace, version)
                    log.info("model %s answers in workspace %s", version, workspace)
                except Exception as error:  # Whatever a broken bundle raises, the last good one answers.
                    failures[workspace] = _reason(error)
                    log.error("model %s of workspace %s: %s", version, workspace, failures[workspace])
            self._bundles = bundles
            self._failures = failures
            self._retry_at = time.monotonic() + RETRY_SECONDS if failures else float("inf")

    def _load(self, workspace: str, version: str, from_workspace: str | None = None) -> Bundle:
        folder = self.registry.folder(workspace, version)
        accepted = from_workspace or self.registry.adopted(workspace).get(version)
        check_origin(read_manifest(folder, self.key), workspace, accepted)
        bundle = Bundle.load(folder, self.key, threads=self._threads)
        if bundle.version != version:
            raise BundleError(
                f"Got a bundle that calls itself {bundle.version!r} in the folder of version {version!r}; "
                "expected the folder's own. Restore it from a backup, or train again."
            )
        try_out(bundle)
        return bundle

    def _follow(self) -> None:
        while not self._stopping.wait(self._poll_seconds):
            if self._fingerprint() != self._seen or time.monotonic() >= self._retry_at:
                self.refresh()

    def _fingerprint(self) -> tuple[int, int, int] | None:
        try:
            facts = self.registry.path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_size, facts.st_ino


def try_out(bundle: Bundle) -> None:
    """Let a freshly loaded model answer a made-up ticket, without a form and with one that it learnt.

    Raises
    ------
    BundleError
        If what it says is not a probability for each field that it makes a promise about.
    """
    model = bundle.model
    probes = [PROBE, model.structured.filled(PROBE)] if isinstance(model, TicketModel) else [PROBE]
    for assessment in model.assess(probes, explain=True, similar=1):
        for name, prediction in assessment.predictions.items():
            total = float(np.sum(prediction.probabilities))
            if name not in model.promises or not np.isclose(total, 1.0, atol=1e-6):
                raise BundleError(
                    f"Got a model {bundle.version!r} whose probabilities for {name!r} add up to {total:g}; "
                    "expected 1. Train it again."
                )


def _reason(error: Exception) -> str:
    if isinstance(error, TriageError):
        return str(error)
    return f"Loading raised {type(error).__name__}; expected a bundle of this version. Train it again."
