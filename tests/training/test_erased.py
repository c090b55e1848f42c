import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features.forgotten_texts import forget_here, ticket_key
from tests.trained import KEY, Trained
from training.config import TrainingConfig
from training.erased import without_erased, without_erased_here
from training.history.importer import import_table
from training.train import train_bundle
from triage.bundle import LEARNT_FROM, Bundle
from triage.erasure import ErasureKeys
from triage.errors import SignatureError
from triage.helping.reply import Reply
from triage.knowledge import Article, ArticleLink
from triage.learnt_from import erasures_of, read_learnt
from triage.store import Store, open_store
from triage.store.erase import erase
from triage.store.erasures import erased_after
from triage.store.replies import replies_of
from triage.store.tickets import get_tickets, put_tickets
from triage.ticket import PastTicket, Ticket

CANARY = "quokkaquokka"


def gone(store: Store, *ids: str, requester: str | None = None, now: datetime | None = None) -> None:
    erase(
        store,
        "acme",
        ticket_ids=ids,
        requester=requester,
        keys=ErasureKeys(KEY),
        text_key=ticket_key,
        now=now,
    )


def test_rows_of_erased_tickets_are_left_out_whatever_table_they_stand_in(sqlite_store: Store):
    rows = [PastTicket(Ticket("A")), Reply("A", "R", "x"), ArticleLink("B", "KB"), Article("A", "t", "b")]
    assert without_erased(rows, sqlite_store, "acme", KEY) == rows
    gone(sqlite_store, "A")
    assert without_erased(rows, sqlite_store, "acme", KEY) == rows[2:]
    assert without_erased(rows, sqlite_store, "other", KEY) == rows


def test_an_old_export_does_not_bring_an_erased_ticket_back(sqlite_store: Store, tmp_path: Path):
    history, replies = tmp_path / "history.csv", tmp_path / "replies.csv"
    history.write_text(
        "ticket_id,created_at,subject,body,requester\n"
        "A,2026-01-01T10:00:00Z,x,x,ada\nB,2026-01-01T10:00:00Z,x,x,bob\nC,2026-01-02T10:00:00Z,x,x,bob\n"
    )
    replies.write_text("ticket_id,reply_id,body\nA,1,x\nB,1,x\nC,1,x\n")
    gone(sqlite_store, "A", now=datetime(2026, 1, 3, tzinfo=UTC))
    gone(sqlite_store, requester="BOB", now=datetime(2026, 1, 1, 12, tzinfo=UTC))
    done = import_table(sqlite_store, history, workspace="acme", key=KEY)
    assert list(get_tickets(sqlite_store, "acme", ["A", "B", "C"])) == ["C"]
    assert "2 rows are of tickets that were erased: left out" in done.summary["notes"]
    import_table(sqlite_store, replies, "replies", workspace="acme", key=KEY)
    assert "A" not in replies_of(sqlite_store, "acme", ["A", "C"])


def test_a_command_that_trains_heeds_the_ledger_of_the_store_and_makes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TRIAGE_STORE", f"sqlite:///{tmp_path / 'one.db'}")
    past = [PastTicket(Ticket("A")), PastTicket(Ticket("B"))]
    assert without_erased_here(past, "acme", KEY) == past and not [*tmp_path.iterdir()]
    store = open_store(os.environ["TRIAGE_STORE"])
    gone(store, "A")
    store.close()
    assert without_erased_here(past, "acme", KEY) == past[1:]


def test_a_model_says_whether_it_learnt_from_what_was_erased_since(
    trained: Trained, sqlite_store: Store, tmp_path: Path
):
    manifest, folder = trained.manifest, trained.folder
    first, other = trained.history[0].ticket, trained.history[1].ticket
    assert erasures_of(folder, manifest, erased_after(sqlite_store, "acme")).is_clean
    gone(sqlite_store, "unknown to it")
    assert erasures_of(folder, manifest, erased_after(sqlite_store, "acme")).is_clean
    at = datetime.now(UTC)
    gone(sqlite_store, first.ticket_id, now=at)
    gone(sqlite_store, requester=other.requester, now=at + timedelta(days=1))
    known = erasures_of(folder, manifest, erased_after(sqlite_store, "acme"))
    assert (known.erased, known.since) == (2, at)
    assert known.retrain_by(30) == at + timedelta(days=30)
    content = (folder / LEARNT_FROM).read_bytes()
    assert first.ticket_id.encode() not in content
    (tmp_path / LEARNT_FROM).write_bytes(content[:-1] + b"x")
    with pytest.raises(SignatureError):
        read_learnt(tmp_path, manifest)


def holds(folder: Path, needles: list[bytes]) -> bool:
    """Whether any file has one of these, as it stands or unpacked."""
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if any(needle in content for needle in needles):
                return True
    return False


@pytest.fixture
def planted(trained: Trained) -> list[PastTicket]:
    """A short history, one person's tickets of which hold a word of their own."""
    history = [*trained.history[:60]]
    for place in (3, 9, 15, 21):
        past = history[place]
        ticket = Ticket(
            f"CANARY-{place}",
            f"{CANARY} {past.ticket.subject}",
            f"{past.ticket.body} {CANARY}",
            past.ticket.created_at,
            "canary@example.org",
        )
        history[place] = PastTicket(ticket, past.labels, past.status)
    return history


def test_the_next_model_and_the_cache_hold_nothing_of_an_erased_ticket(
    planted: list[PastTicket], sqlite_store: Store, tmp_path: Path
):
    cache, config = tmp_path / "cache", TrainingConfig(targets=("category",), target_precision=0.6)
    put_tickets(sqlite_store, "acme", planted, source="x")

    def train(name: str) -> Bundle:
        rows = without_erased(planted, sqlite_store, "acme", KEY)
        train_bundle(rows, config=config, out=tmp_path / name, key=KEY, cache=cache)
        return Bundle.load(tmp_path / name, KEY)

    def terms(bundle: Bundle) -> int:
        return bundle.model.words.transform([CANARY]).nnz

    keys = [bytes.fromhex(ticket_key(one.ticket)) for one in planted if CANARY in one.ticket.subject]
    before = train("before")
    place = before.model.neighbours.ticket_ids.index("CANARY-3")
    vector = np.asarray(before.model.neighbours.vectors[place]).tobytes()
    needles = [b"CANARY-", CANARY.encode(), b"canary@example.org", vector]
    assert holds(tmp_path / "before", [b"CANARY-3"]) and holds(tmp_path / "before", [vector])
    assert holds(cache, keys)
    gone(sqlite_store, requester="Canary@example.org")
    assert forget_here(cache, erased_after(sqlite_store, "acme"))[0] == 4
    assert not holds(cache, [*keys, vector])
    after = train("after")
    assert not holds(tmp_path / "after", needles) and not holds(cache, [*keys, vector])
    assert terms(after) < terms(before)
    ledger = erased_after(sqlite_store, "acme")
    assert erasures_of(before.folder, before.manifest, ledger).erased == 5
    assert erasures_of(after.folder, after.manifest, ledger).is_clean
