from pathlib import Path

import pytest


@pytest.fixture
def url(tmp_path: Path, empty_sqlite: bytes) -> str:
    """The URL of an empty, migrated SQLite store."""
    (tmp_path / "live.db").write_bytes(empty_sqlite)
    return f"sqlite:///{tmp_path / 'live.db'}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the quick part of these among the proofs; the long one is marked by itself."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.proof)
