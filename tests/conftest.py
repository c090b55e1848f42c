"""Fixtures that several rooms share: a home of the test's own, a trained model, a fresh store.

Stores come once on SQLite and once on PostgreSQL: the server of ``TRIAGE_TEST_DATABASE_URL``, else a local
one, else those tests are skipped with the reason. Each test gets an empty database of its own and works in it
as a role that row-level security binds: the URL's user has to be a superuser.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from tests.databases import Database, Databases, migrated
from triage.store import Store, open_store
from triage.store.connections import make_durable

if TYPE_CHECKING:
    from tests.trained import Trained

LOCAL_POSTGRES = "postgresql+psycopg://root@127.0.0.1:5432/test"


@pytest.fixture(autouse=True, scope="session")
def home_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep everything that triage makes away from the home folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [one for one in os.environ if one.startswith("TRIAGE_") and "TEST" not in one]:
            patch.delenv(name)
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        home = tmp_path_factory.mktemp("home")
        patch.setenv("TRIAGE_HOME", str(home))
        yield home


@pytest.fixture(autouse=True, scope="session")
def no_waiting_for_the_disk() -> Iterator[None]:
    """Let SQLite not wait for the disk in this process: only a power cut could show it.

    Processes that tests start do wait; what they sync is counted in ``tests/reliability/test_syncs.py``.
    """

    def make_quick(connection: sqlite3.Connection, busy_ms: int) -> None:
        make_durable(connection, busy_ms)
        connection.execute("PRAGMA synchronous=OFF")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("triage.store.database.make_durable", make_quick)
        yield


@pytest.fixture(autouse=True)
def own_home(home_of_the_session: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty ``TRIAGE_HOME``, made when it is first written to."""
    monkeypatch.setenv("TRIAGE_HOME", str(home_of_the_session / uuid.uuid4().hex))


@pytest.fixture(scope="module")
def quick_refusal() -> Iterator[None]:
    """Compare unknown names with a cheap digest: the dear one would take most of the time of such tests."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("nobody's password")
        patch.setattr("serving.passwords.NOBODYS", cheap)
        yield


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory, home_of_the_session: Path) -> Trained:
    """A small trained model: never change its folder, copy it. Several processes train it once."""
    from tests.trained import copy_small, train_small

    folder = tmp_path_factory.mktemp("trained")
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return train_small(folder)
    return copy_small(tmp_path_factory.getbasetemp().parent / "trained", folder)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """The URL of a PostgreSQL server for tests; skips when the local one does not answer."""
    given = os.environ.get("TRIAGE_TEST_DATABASE_URL")
    url = given or LOCAL_POSTGRES
    engine = create_engine(url, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return url
    except OperationalError:
        if given:
            raise
        pytest.skip("no PostgreSQL: TRIAGE_TEST_DATABASE_URL is not set and none answers on 127.0.0.1:5432")
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> Iterator[str]:
    """A migrated, empty PostgreSQL database: copied for each test, which is quicker than migrating."""
    with migrated(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres_template: str) -> Iterator[Databases]:
    """Copies of it that go from one test to the next, emptied: quicker than a copy for each."""
    made = Databases(postgres_template)
    yield made
    made.close()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated, empty SQLite file: copied for each test, which is quicker than migrating."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    open_store(f"sqlite:///{path}").close()
    return path.read_bytes()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database of the test's own, once for each database system."""
    if request.param == "sqlite":
        path = tmp_path / "store.db"
        path.write_bytes(request.getfixturevalue("empty_sqlite"))
        yield Database(f"sqlite:///{path}", f"sqlite:///{path}")
        return
    with request.getfixturevalue("databases").lend() as lent:
        yield lent


@pytest.fixture
def store_url(database: Database) -> str:
    """The URL of an empty, migrated database of the test's own, once for each database system."""
    return database.url


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An open, empty store, once for each database system."""
    opened = open_store(store_url)
    yield opened
    opened.close()


@pytest.fixture
def owned_store(database: Database) -> Iterator[Store]:
    """The store of the test, opened as who may change its tables: for tests of migrations."""
    opened = open_store(database.owner_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, empty_sqlite: bytes) -> Iterator[Store]:
    """An open, empty store on SQLite only, for tests in which the database system does not matter."""
    path = tmp_path / "sqlite_store.db"
    path.write_bytes(empty_sqlite)
    opened = open_store(f"sqlite:///{path}")
    yield opened
    opened.close()
