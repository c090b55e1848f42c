"""Progress of one run on its way into the store: often from the work, at most once a second to disk."""

import time
from collections.abc import Callable

from triage.errors import ConflictError
from triage.store import Store
from triage.store.runs import note_progress

__all__ = ["Report"]

SECONDS_BETWEEN = 1.0


class Report:
    """Takes stage and progress of a run; also the point at which a cancelled run stops.

    Parameters
    ----------
    store : Store
        Where the run stands.
    run_id : str
        Which run.
    clock : callable, default=time.monotonic
        Returns seconds.
    """

    def __init__(self, store: Store, run_id: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = store
        self.run_id = run_id
        self.clock = clock
        self._stage: str | None = None
        self._noted_at = float("-inf")

    def __call__(self, stage: str, progress: float) -> None:
        """Keep how far the run is; a new stage at once, progress within a stage once a second.

        Parameters
        ----------
        stage : str
            What begins or goes on, in words.
        progress : float
            Share of the whole run that is done, 0 to 1.

        Raises
        ------
        ConflictError
            If the run was cancelled: the work stops here.
        """
        now = self.clock()
        if stage == self._stage and now - self._noted_at < SECONDS_BETWEEN:
            return
        self._stage, self._noted_at = stage, now
        if not note_progress(self.store, self.run_id, stage, progress):
            raise ConflictError(
                f"Got progress of run {self.run_id}, which was cancelled; expected one that is running. "
                "Its work stops here."
            )
