from pathlib import Path

import pytest


@pytest.fixture
def url(tmp_path: Path, empty_sqlite: bytes) -> str:
    """The URL of an empty, migrated SQLite store."""
    (tmp_path / "live.db").write_bytes(empty_sqlite)
    return f"sqlite:///{tmp_path / 'live.db'}"
