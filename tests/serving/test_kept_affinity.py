from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.forgotten_texts import LEARNT, forget_learnt, ticket_key
from serving import kept_affinity
from serving.affinity_host import NEWEST, AffinityHost
from serving.desks import make_desks
from serving.kept_affinity import KeptAffinity
from serving.metrics import Metrics
from serving.model_host import ModelHost
from tests.serving.fake_affinity import CountingIndex
from tests.serving.test_affinity_host import HOUR, NOON, NoModels, Stock, put, ranked, told
from triage.erasure import ErasureKeys
from triage.registry import Registry
from triage.store import Store, open_store
from triage.store.erase import erase
from triage.store.workspaces import ensure_workspace

KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def every_event_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_affinity, "MANY", 1)


class Started:
    """A server that starts: its host, and how often it had to begin from nothing."""

    def __init__(self, store: Store, folder: Path, key: bytes = KEY) -> None:
        self.began = 0
        self.host = AffinityHost(
            store,
            NoModels(),
            make=self.make,
            cache=folder,
            poll_seconds=60,
            stock=Stock(),
            kept=KeptAffinity(folder, key, NEWEST),
        )
        self.host.load()

    def make(self, bundle, encoder) -> CountingIndex:
        self.began += 1
        return CountingIndex()


@pytest.fixture
def filled(store: Store) -> Store:
    ensure_workspace(store, "acme")
    put(store, "T-1", agent="ada")
    put(store, "T-2", agent="bob", at=NOON + HOUR)
    return store


def kept_file(folder: Path) -> Path:
    (found,) = (folder / LEARNT).iterdir()
    return found


def test_the_next_start_knows_what_was_learnt_and_learns_what_came_since(filled: Store, tmp_path: Path):
    first = Started(filled, tmp_path)
    put(filled, "T-3", agent="bob", at=NOON + 2 * HOUR)
    second = Started(filled, tmp_path)
    assert (first.began, second.began) == (1, 0)
    assert [one[0] for one in told(second.host)] == ["T-1", "T-2", "T-3"]
    assert ranked(first.host) == ranked(second.host)
    assert kept_file(tmp_path).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["byte", "key", "cut"])
def test_what_this_machine_did_not_sign_is_learnt_anew(filled: Store, tmp_path: Path, change: str):
    Started(filled, tmp_path)
    path = kept_file(tmp_path)
    content = bytearray(path.read_bytes())
    content[-1] ^= change == "byte"
    path.write_bytes(content[: 30 if change == "cut" else None])
    again = Started(filled, tmp_path, KEY[::-1] if change == "key" else KEY)
    assert again.began == 1
    assert len(told(again.host)) == 2


def test_another_history_is_learnt_anew(filled: Store, tmp_path: Path, empty_sqlite: bytes):
    Started(filled, tmp_path)
    (tmp_path / "other.db").write_bytes(empty_sqlite)
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    ensure_workspace(other, "acme")
    put(other, "T-1", agent="ada")
    put(other, "T-2", agent="eve", at=NOON + HOUR)
    again = Started(other, tmp_path)
    other.close()
    assert again.began == 1
    assert [one[1] for one in told(again.host)] == ["ada", "eve"]


def test_after_an_erasure_it_is_learnt_anew_and_the_file_is_deleted(filled: Store, tmp_path: Path):
    Started(filled, tmp_path)
    path = kept_file(tmp_path)
    before = path.read_bytes()
    erase(filled, "acme", keys=ErasureKeys(KEY), text_key=ticket_key, ticket_ids=["T-1"])
    again = Started(filled, tmp_path)
    assert again.began == 1
    assert [one[0] for one in told(again.host)] == ["T-2"]
    assert b"T-1" in before and b"T-1" not in path.read_bytes()
    assert forget_learnt(tmp_path, datetime.now(UTC) + HOUR) == 1


def test_nothing_is_kept_where_texts_are_encrypted(tmp_path: Path, monkeypatch, empty_sqlite: bytes):
    (tmp_path / "triage.db").write_bytes(empty_sqlite)
    models = ModelHost(Registry(tmp_path / "models"), KEY, threads=1, poll_seconds=60)
    kept = []
    for extent in ("secrets", "texts"):
        monkeypatch.setenv("TRIAGE_ENCRYPT", extent)
        store = open_store(f"sqlite:///{tmp_path / 'triage.db'}", migrate=False)
        desks = make_desks(store, models, home=tmp_path, poll_seconds=60, metrics=Metrics())
        kept.append(desks.affinity._kept is not None)
        store.close()
    assert kept == [True, False]
