"""Whether a result can be written where it is wanted, said before any work begins rather than after it."""

import uuid
from pathlib import Path

from triage.errors import ConfigurationError

__all__ = ["expect_place"]


def expect_place(option: str, path: Path) -> None:
    """Refuse a place where there cannot be a file; its folder is made where it is missing.

    Parameters
    ----------
    option : str
        That names it, such as ``--out``.
    path : Path
        Of the file; one that is there stays as it is.

    Raises
    ------
    ConfigurationError
        If nothing can be written there.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch()
        draft.unlink()
    except OSError as error:
        raise ConfigurationError(
            f"Got {option} {path}, which cannot be written ({error.strerror}); expected a file in a folder "
            f"that can be written to. Name another {option}."
        ) from None
