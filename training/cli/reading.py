"""What reading a history came to, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_reading"]


def print_reading(console: Console, reading: Mapping[str, Any], rejects: Path | None) -> None:
    """Print it, and where the refused rows went or could go.

    Parameters
    ----------
    console : rich.console.Console
        Where to.
    reading : Mapping
        See :func:`training.history.told.told_of_reading`.
    rejects : Path or None
        The file of refused rows, where one was asked for.
    """
    from rich.markup import escape

    from training.history.told import told_of_reading

    for line in told_of_reading(reading):
        console.print(escape(line))
    if not reading["rejected"]:
        return
    if rejects is None:
        console.print("--rejects FILE writes all refused rows, each with its line and reason.")
    else:
        console.print(f"Refused rows: {escape(str(rejects))}", soft_wrap=True)
