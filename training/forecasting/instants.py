"""Times of filing, however they were written, become instants in UTC."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from triage.errors import InputError
from triage.zone import find_zone

__all__ = ["to_instants"]


def to_instants(times: Any, zone: str) -> NDArray[np.datetime64]:
    """Return times as UTC instants to the second; times without a zone are taken as ``zone``'s.

    Raises
    ------
    InputError
        When one of them is missing.
    """
    stamps = pd.Series(times).reset_index(drop=True)
    if not isinstance(stamps.dtype, pd.DatetimeTZDtype) and not pd.api.types.is_datetime64_dtype(
        stamps.dtype
    ):
        stamps = pd.to_datetime(stamps, utc=True)
    if stamps.isna().any():
        raise InputError(
            f"Got {int(stamps.isna().sum())} ticket(s) without a time; expected created_at in every row; "
            "leave those rows out."
        )
    if stamps.dt.tz is None:
        # Twice-told times are the earlier ones; times that the clock skipped move on to the next real one.
        stamps = stamps.dt.tz_localize(
            find_zone(zone), ambiguous=np.ones(len(stamps), dtype=bool), nonexistent="shift_forward"
        )
    return np.asarray(stamps.dt.tz_convert("UTC").dt.tz_localize(None), dtype="datetime64[s]")
