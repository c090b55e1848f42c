from collections.abc import Iterator

import pytest

from tests.contract.things import things
from tests.serving.house import House, open_house

__all__ = ["things"]


@pytest.fixture(scope="package")
def house(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: bytes) -> Iterator[House]:
    """One running server for the tests of a package, with a fake champion in workspace ``acme``."""
    home = tmp_path_factory.mktemp("house")
    (home / "house.db").write_bytes(empty_sqlite)
    url = f"sqlite:///{home / 'house.db'}"
    settings = {"max_body_bytes": 100_000, "allowed_hosts": ("testserver", "127.0.0.1"), "poll_seconds": 1.0}
    with open_house(home, url, **settings) as opened:
        yield opened
