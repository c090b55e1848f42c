"""A server in a folder of its own, with keys for every role: for tests that knock at the door."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.routing import BaseRoute

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


def app_of(settings: Settings) -> FastAPI:
    """Make the application; with routes of an earlier one of this process that has the same routers.

    FastAPI works out what each route depends on when an application is asked first, which takes half a second
    for all of them, more than most of the tests. Nothing of it depends on settings but the size of bodies.
    """
    app = create_app(settings)
    routers = tuple(getattr(one, "original_router", None) for one in app.routes)
    known = _KNOWN.setdefault((settings.max_body_bytes, *map(id, routers)), list(app.routes))
    app.router.routes[:] = [
        one if router is None else earlier
        for one, router, earlier in zip(app.routes, routers, known, strict=True)
    ]
    return app


_KNOWN: dict[tuple[int, ...], list[BaseRoute]] = {}


@contextmanager
def open_house(
    home: Path, url: str, *, champion: str | None = "v1", poll_seconds: float = 0.05, **settings: Any
) -> Iterator[House]:
    """Start a server in a folder, with a fake champion in workspace ``acme``.

    Looking for what changed every 0.05 seconds takes an eighth of a core: where a house stays open for many
    tests that wait for no such change, give it longer.
    """
    if champion is not None:
        promote_fake(home, champion)
    given = Settings(home=home, store_url=url, models=home / "models", poll_seconds=poll_seconds, **settings)
    store = open_store(url)
    with TestClient(app_of(given), raise_server_exceptions=False) as client:
        yield House(home, given, client, store)
    store.close()
