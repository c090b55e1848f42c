from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from training.worker.train_run import train_work
from triage.agent import Agent
from triage.bundle import Manifest, seal
from triage.errors import HistoryError
from triage.knowledge import Article, ArticleLink
from triage.registry import Registry
from triage.store import Store
from triage.store.agents import put_agents
from triage.store.articles import put_articles, withdraw_article
from triage.store.audit import AuditLog
from triage.store.golden import freeze_tickets
from triage.store.links import put_links
from triage.store.outbox import add_endpoint, list_messages
from triage.store.runs import Run, ask_for_run, finish_run, start_run
from triage.store.tickets import put_tickets
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket, Ticket

KEY = b"k" * 32


class FakeTraining:
    """Seals an empty bundle of a given accuracy and remembers what it was given."""

    def __init__(self, accuracy: float) -> None:
        self.accuracy = accuracy
        self.given: list[dict[str, Any]] = []

    def __call__(self, tickets: list[PastTicket], *, out: Path, key: bytes, **given: Any) -> Manifest:
        self.given.append({"tickets": tickets, "out": out, **given})
        given["progress"]("learning category", 0.5)
        draft = out.parent / f".{out.name}"
        draft.mkdir(parents=True)
        manifest = Manifest(
            version=out.name,
            created_at=datetime(2026, 3, 1, tzinfo=UTC),
            fields={"category": {"metrics": {"accuracy": self.accuracy, "tickets": 1_000}}},
            taxonomy=Taxonomy.from_labels({"category": ("a", "b")}),
            feature_version=1,
            data_hash="0" * 64,
            training={"golden_revision": given["golden_revision"]},
            workspace=given["workspace"],
        )
        return seal(draft, out, manifest, key)


@pytest.fixture
def desk(sqlite_store: Store) -> Store:
    put_tickets(sqlite_store, "acme", [PastTicket(Ticket("T-1", subject="vpn"))], source="history")
    put_articles(sqlite_store, "acme", [Article("A-1", "Reset", "x"), Article("A-2", "Old", "x")])
    withdraw_article(sqlite_store, "acme", "A-2")
    put_links(sqlite_store, "acme", [ArticleLink("T-1", "A-1")])
    put_agents(sqlite_store, "acme", [Agent("ada")])
    return sqlite_store


def ask(store: Store, targets: list[str] | None = None) -> Run:
    run = ask_for_run(store, "acme", "train", {"targets": targets}, "key-1")
    started = start_run(store, run.run_id)
    assert started is not None
    return started


def quiet(stage: str, share: float) -> None:
    pass


def work(store: Store, models: Path, train: FakeTraining) -> Callable[..., Any]:
    return train_work(store, models, KEY, train=train, track=lambda manifest, bundle, workspace: "r1")


def test_the_first_training_learns_from_all_that_the_store_knows_and_answers(desk: Store, tmp_path: Path):
    train = FakeTraining(0.8)
    shares: list[float] = []
    result = work(desk, tmp_path, train)(ask(desk, ["category"]), lambda stage, share: shares.append(share))
    (given,) = train.given
    assert [past.ticket.ticket_id for past in given["tickets"]] == ["T-1"]
    assert [article.article_id for article in given["articles"]] == ["A-1"]
    assert given["links"] == [ArticleLink("T-1", "A-1")] and given["agents"] == [Agent("ada")]
    assert given["config"].targets == ("category",)
    assert given["workspace"] == "acme"
    assert (result["promoted"], result["mlflow_run"]) == (True, "r1")
    assert Registry(tmp_path).pointers("acme").champion == result["version"]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_a_worse_model_becomes_the_challenger_only(desk: Store, tmp_path: Path):
    first_run = ask(desk)
    first = work(desk, tmp_path, FakeTraining(0.8))(first_run, quiet)
    finish_run(desk, first_run.run_id, {})
    worse = work(desk, tmp_path, FakeTraining(0.6))(ask(desk), quiet)
    assert not worse["promoted"] and "0.600" in worse["reason"]
    pointers = Registry(tmp_path).pointers("acme")
    assert (pointers.champion, pointers.challenger) == (first["version"], worse["version"])


def test_a_run_begun_again_after_its_bundle_was_sealed_does_not_learn_again(desk: Store, tmp_path: Path):
    train, run = FakeTraining(0.8), ask(desk)
    first = work(desk, tmp_path, train)(run, quiet)
    again = work(desk, tmp_path, train)(run, quiet)
    assert len(train.given) == 1
    assert again["version"] == first["version"] and again["promoted"]


def test_without_tickets_there_is_nothing_to_learn_from(sqlite_store: Store, tmp_path: Path):
    with pytest.raises(HistoryError, match="triage import"):
        work(sqlite_store, tmp_path, FakeTraining(0.8))(ask(sqlite_store), quiet)


def test_a_model_that_could_not_be_recorded_answers_all_the_same(desk: Store, tmp_path: Path):
    def fail(manifest: Manifest, bundle: Path, workspace: str) -> str:
        raise ConnectionError("nobody there")

    result = train_work(desk, tmp_path, KEY, train=FakeTraining(0.8), track=fail)(ask(desk), quiet)
    assert result["promoted"] and result["mlflow_run"] is None


def test_a_promotion_is_in_the_audit_log_once(desk: Store, tmp_path: Path):
    work = train_work(desk, tmp_path, KEY, train=FakeTraining(0.8), track=None)
    run = ask(desk)
    version = work(run, quiet)["version"]
    work(run, quiet)  # Begun again, as after a worker died.
    log = AuditLog(desk, KEY)
    (entry,) = log.read(run.workspace)
    assert (entry.entry.actor, entry.entry.object) == ("worker", f"model/{version}")
    assert log.verify(run.workspace).problem is None


def test_golden_tickets_are_learnt_from_by_nobody_and_the_manifest_tells_since_when(
    desk: Store, tmp_path: Path
):
    put_tickets(desk, "acme", [PastTicket(Ticket("T-2", subject="mail"))], source="history")
    freeze_tickets(desk, "acme", {"T-1": {"category": "a"}})
    train = FakeTraining(0.8)
    work(desk, tmp_path, train)(ask(desk), quiet)
    (given,) = train.given
    assert [past.ticket.ticket_id for past in given["tickets"]] == ["T-2"]
    assert given["golden_revision"] == 1
    assert given["notes"] == ["1 golden ticket kept back from learning, to judge models by."]


def test_a_champion_that_may_have_learnt_from_golden_tickets_is_not_judged_by_them(
    desk: Store, tmp_path: Path
):
    first = ask(desk)
    work(desk, tmp_path, FakeTraining(0.8))(first, quiet)
    finish_run(desk, first.run_id, {})
    put_tickets(desk, "acme", [PastTicket(Ticket("T-2", subject="mail"))], source="history")
    freeze_tickets(desk, "acme", {"T-1": {"category": "a"}})
    result = work(desk, tmp_path, FakeTraining(0.8))(ask(desk), quiet)
    assert result["promoted"]
    assert result["reason"].endswith("not compared: the champion may have learnt from them.")


def test_a_champion_that_cannot_be_loaded_is_judged_without_them(desk: Store, tmp_path: Path):
    put_tickets(desk, "acme", [PastTicket(Ticket("T-2", subject="mail"))], source="history")
    freeze_tickets(desk, "acme", {"T-1": {"category": "a"}})
    first = ask(desk)
    work(desk, tmp_path, FakeTraining(0.8))(first, quiet)
    finish_run(desk, first.run_id, {})
    (tmp_path / "acme" / Registry(tmp_path).pointers("acme").champion / "more").write_text("not signed")
    result = work(desk, tmp_path, FakeTraining(0.8))(ask(desk), quiet)
    assert result["promoted"] and "Golden tickets were not compared: Got a file" in result["reason"]


def test_a_refused_model_is_told_once_and_in_the_audit_log(desk: Store, tmp_path: Path):
    add_endpoint(desk, "acme", "https://example.org/hook")
    first = ask(desk)
    champion = work(desk, tmp_path, FakeTraining(0.8))(first, quiet)["version"]
    finish_run(desk, first.run_id, {})
    assert list_messages(desk, "acme") == []
    run = ask(desk)
    for _ in range(2):  # Begun again, as after a worker died.
        refused = work(desk, tmp_path, FakeTraining(0.6))(run, quiet)
    (message,) = list_messages(desk, "acme")
    assert (message.kind, message.body["type"]) == ("model.refused", "model.refused")
    told = message.body["data"]
    assert (told["version"], told["champion"]) == (refused["version"], champion)
    assert told["reason"] == refused["reason"] and told["golden"] == []
    (entry,) = AuditLog(desk, KEY).read("acme", action="refuse_model")
    assert entry.entry.object == f"model/{refused['version']}"
