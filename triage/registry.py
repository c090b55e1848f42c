"""Which model version answers in which workspace: pointers in one file, moved in one step.

The file is ``registry.json`` in the models folder; a switch never touches a bundle.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triage.errors import ConflictError, NotFoundError

__all__ = ["Pointers", "Registry"]

KEPT_HISTORY = 100


@dataclass(frozen=True, slots=True)
class Pointers:
    """The versions of one workspace; ``previous`` is what a rollback returns to, newest last."""

    champion: str | None = None
    challenger: str | None = None
    previous: tuple[str, ...] = ()


class Registry:
    """The registry of a models folder.

    Parameters
    ----------
    models : Path
        Holds ``registry.json`` and, as ``<workspace>/<version>/``, the bundles.
    """

    def __init__(self, models: Path) -> None:
        self.models = models
        self.path = models / "registry.json"

    def pointers(self, workspace: str) -> Pointers:
        """Return a workspace's pointers, empty ones where nothing was ever registered."""
        entry = self._read().get(workspace, {})
        return Pointers(entry.get("champion"), entry.get("challenger"), tuple(entry.get("previous", ())))

    def adopted(self, workspace: str) -> Mapping[str, str]:
        """Return, by version, the other workspace whose bundle somebody let answer in this one."""
        return dict(self._read().get(workspace, {}).get("adopted", {}))

    def workspaces(self) -> list[str]:
        """Return the workspaces in which anything was ever registered, in the order of their names."""
        return sorted(self._read())

    def folder(self, workspace: str, version: str) -> Path:
        """Return where a version's bundle stands.

        Raises
        ------
        NotFoundError
            If there is none, or the name is not a plain one.
        """
        folder = self.models / workspace / version
        if os.sep in version or version.startswith(".") or not (folder / "manifest.json").is_file():
            raise NotFoundError(
                f"Got model version {version!r}; expected one of workspace {workspace!r}: "
                f"{', '.join(self.versions(workspace)) or 'none trained yet'}."
            )
        return folder

    def versions(self, workspace: str) -> list[str]:
        """Return the versions whose bundles stand in the folder, oldest name first."""
        return sorted(path.parent.name for path in (self.models / workspace).glob("[!.]*/manifest.json"))

    def register(self, workspace: str, version: str) -> None:
        """Make a freshly trained version the challenger."""
        self.folder(workspace, version)
        with self._changing(workspace, "register", version) as entry:
            entry["challenger"] = version

    def promote(self, workspace: str, version: str, adopted_from: str | None = None) -> None:
        """Make a version the champion; the old champion can be returned to.

        ``adopted_from`` names the other workspace that it learnt from, where that was wanted: it is kept.
        """
        self.folder(workspace, version)
        with self._changing(workspace, "promote", version) as entry:
            if adopted_from is not None:
                entry["adopted"] = {**entry.get("adopted", {}), version: adopted_from}
            champion = entry.get("champion")
            if champion == version:
                return
            if champion is not None:
                entry["previous"] = [*entry.get("previous", []), champion]
            entry["champion"] = version
            if entry.get("challenger") == version:
                entry["challenger"] = None

    def rollback(self, workspace: str) -> str:
        """Return to the champion before this one and say which it is.

        Raises
        ------
        ConflictError
            If there was none.
        """
        with self._changing(workspace, "rollback", None) as entry:
            previous = list(entry.get("previous", []))
            if not previous:
                raise ConflictError(
                    f"Got a rollback in workspace {workspace!r}; expected an earlier champion, "
                    "and there was none. Promote a version by name instead."
                )
            version: str = previous.pop()
            self.folder(workspace, version)
            entry["challenger"] = entry.get("champion")
            entry["champion"] = version
            entry["previous"] = previous
            return version

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        content: dict[str, Any] = json.loads(self.path.read_text())
        return content

    @contextmanager
    def _changing(self, workspace: str, what: str, version: str | None) -> Iterator[dict[str, Any]]:
        self.models.mkdir(parents=True, exist_ok=True)
        with (self.models / ".registry.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            content = self._read()
            entry = content.setdefault(workspace, {})
            yield entry
            event = {"at": datetime.now(UTC).isoformat(), "what": what, "version": version}
            entry["history"] = [*entry.get("history", []), event][-KEPT_HISTORY:]
            draft = self.path.with_suffix(".draft")
            with draft.open("w") as file:
                json.dump(content, file, indent=1, sort_keys=True)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
