"""The shipped sentence encoder, opened when a workspace without a champion first needs one."""

import logging
import threading

from features.encoder import Encoder, SentenceEncoder
from features.model import RecentEncoder
from triage.errors import BundleError, UnavailableError

__all__ = ["StockEncoder"]

log = logging.getLogger("triage.encoder")


class StockEncoder:
    """Opens the shipped encoder once, for everybody here who asks."""

    def __init__(self) -> None:
        self._opened: Encoder | None = None
        self._turn = threading.Lock()

    def get(self) -> Encoder:
        """Return the encoder.

        Raises
        ------
        UnavailableError
            If it cannot be loaded.
        """
        with self._turn:
            if self._opened is None:
                try:
                    self._opened = RecentEncoder(SentenceEncoder.open())
                except BundleError as error:
                    log.error("the shipped encoder: %s", error)
                    raise UnavailableError(
                        "Got a request for articles or agents, but this server's sentence encoder cannot be "
                        "loaded; `triage doctor` tells the operator why."
                    ) from None
            return self._opened
