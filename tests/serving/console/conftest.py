from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.serving.house import House


@dataclass
class Desk:
    """Somebody who is signed in to the console of a house."""

    house: House

    def get(self, path: str, *, part: bool = False) -> httpx.Response:
        """Open a page, or ask for a part of one."""
        headers = {"HX-Request": "true"} if part else {}
        return self.house.client.get(path, headers=headers, follow_redirects=False)

    def post(self, path: str, *, part: bool = True, **form: str) -> httpx.Response:
        """Send a form."""
        headers = {"Origin": "http://testserver"} | ({"HX-Request": "true"} if part else {})
        return self.house.client.post(path, data=form, headers=headers, follow_redirects=False)

    def sign_in(self, role: str = "admin", workspace: str = "acme") -> httpx.Response:
        """Sign in with a new key."""
        self.house.key(role, workspace)
        return self.post("/console/sign-in", part=False, key=self.house.tokens[f"{role}@{workspace}"])


@pytest.fixture
def desk(house: House) -> Iterator[Desk]:
    """An admin of workspace ``acme`` at the console."""
    opened = Desk(house)
    opened.sign_in()
    yield opened
