"""A policy given to a command as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from triage.policy import Policy

__all__ = ["read_policy_file"]


def read_policy_file(path: Path | None) -> Policy:
    """Read a policy as JSON; without a file it is the one that applies what may be.

    Raises
    ------
    ConfigurationError
        If the file is no policy.
    """
    import json

    from triage.errors import ConfigurationError
    from triage.policy import Policy

    if path is None:
        return Policy()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"Got {path}, which cannot be read as JSON: {error}.") from None
    if not isinstance(document, dict):
        raise ConfigurationError(
            f"Got {path}; expected a JSON object, as `triage policy show --json` prints."
        )
    return Policy.from_document(document)
