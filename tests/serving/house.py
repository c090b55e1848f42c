"""A server in a folder of its own, with keys for every role: for tests that knock at the door."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from fastapi.testclient import TestClient

from serving.app import create_app
from serving.auth import create_key
from serving.roles import Role
from serving.settings import Settings
from tests.serving.fakes import promote_fake
from triage.store import Store, open_store


@dataclass
class House:
    """A running server and what is needed to talk to it."""

    home: Path
    settings: Settings
    client: TestClient
    store: Store
    tokens: dict[str, str] = field(default_factory=dict)

    def key(self, role: str = "admin", workspace: str = "acme") -> dict[str, str]:
        """The header of a key with a role."""
        name = f"{role}@{workspace}"
        if name not in self.tokens:
            self.tokens[name], _ = create_key(self.store, workspace, name, Role(role))
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def wait_for_model(self, version: str, workspace: str = "acme") -> None:
        """Wait until a version answers; the server follows the registry by itself."""
        for _ in range(1_500):
            answer = self.client.post(
                "/v1/triage", json={"subject": "vpn"}, headers=self.key("service", workspace)
            )
            if answer.json()["model_version"] == version:
                return
            time.sleep(0.02)
        raise AssertionError(f"{version} never answered in {workspace}")


@contextmanager
def open_house(home: Path, url: str, *, champion: str | None = "v1", **settings) -> Iterator[House]:
    """Start a server in a folder, with a fake champion in workspace ``acme``."""
    if champion is not None:
        promote_fake(home, champion)
    given = Settings(home=home, store_url=url, models=home / "models", poll_seconds=0.05, **settings)
    store = open_store(url)
    with TestClient(create_app(given), raise_server_exceptions=False) as client:
        yield House(home, given, client, store)
    store.close()
