"""Where triage keeps what it makes: one folder, named once.

``$TRIAGE_HOME`` if set, else ``~/.triage``; the Makefile sets it to ``var/`` in the source tree.
"""

import os
from collections.abc import Mapping
from pathlib import Path

__all__ = ["home_folder", "models_folder", "store_url"]


def home_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder for the store, the models, caches and the signing key; it may not exist yet."""
    given = (os.environ if environ is None else environ).get("TRIAGE_HOME")
    return Path(given).expanduser() if given else Path.home() / ".triage"


def models_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return ``$TRIAGE_MODELS`` if set, else ``models/`` in the home folder: bundles and the registry."""
    given = (os.environ if environ is None else environ).get("TRIAGE_MODELS")
    return Path(given).expanduser() if given else home_folder(environ) / "models"


def store_url(environ: Mapping[str, str] | None = None) -> str:
    """Return ``$TRIAGE_STORE`` if set, else SQLite in the home folder."""
    given = (os.environ if environ is None else environ).get("TRIAGE_STORE")
    return given or f"sqlite:///{home_folder(environ) / 'triage.db'}"
