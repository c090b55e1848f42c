from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.house import House, open_house


@pytest.fixture
def house(tmp_path: Path, empty_sqlite: bytes) -> Iterator[House]:
    """A running server with a fake champion in workspace ``acme``."""
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}") as opened:
        yield opened
