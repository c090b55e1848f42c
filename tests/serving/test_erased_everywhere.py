"""Servers that hold something of an erased ticket drop it, whoever erased it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from serving.confidential import without_erased
from serving.duplicate_host import DuplicateHost
from serving.erased_tickets import ErasedTickets
from serving.knowledge_host import KnowledgeHost
from serving.model_host import ModelHost
from serving.sight import Sight
from serving.solution_host import SolutionHost
from tests.serving.fakes import FakeModel, promote_fake
from tests.serving.test_affinity_host import opened as affinity_host
from tests.serving.test_affinity_host import ranked, told
from triage.decision import Decision
from triage.erasure import ErasureKeys
from triage.errors import ConflictError
from triage.knowledge import Article, ArticleLink
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store
from triage.store.articles import put_articles
from triage.store.erase import erase
from triage.store.links import put_links
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

NOW = datetime.now(UTC)
KEYS = ErasureKeys(b"k" * 32)


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    ensure_workspace(sqlite_store, "acme")
    return sqlite_store


@pytest.fixture
def models(tmp_path: Path) -> ModelHost:
    promote_fake(tmp_path, "v1")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    host = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=1.0)
    host.refresh()
    return host


def put(store: Store, *names: str, agent: str | None = None) -> None:
    labels = {} if agent is None else {"assignee": agent}
    at = NOW - timedelta(hours=2)
    past = [
        PastTicket(Ticket(one, "vpn drops", created_at=at), labels, resolution="Update it.", resolved_at=at)
        for one in names
    ]
    put_tickets(store, "acme", past, source="x")


def gone(store: Store, *ids: str, remembered: bool = True) -> None:
    erase(store, "acme", ticket_ids=ids, keys=KEYS, text_key=lambda one: one.text_hash, remembered=remembered)


def test_no_duplicate_of_an_erased_ticket_is_found(store: Store, models: ModelHost, tmp_path: Path):
    host = DuplicateHost(store, models, cache=tmp_path / "cache", poll_seconds=1.0, least=0.0)
    put(store, "A", "B")
    host.catch_up("acme")
    asked = Ticket("", "vpn drops", created_at=NOW)

    def found() -> list[str]:
        return [one.ticket_id for one in host.find("acme", [asked], 5)[0]]

    assert sorted(found()) == ["A", "B"]
    gone(store, "A")
    host.catch_up("acme")
    assert found() == ["B"]
    gone(store, "B")
    host.catch_up("acme")
    assert found() == []


def test_no_solution_of_an_erased_ticket_is_found_and_its_vector_is_overwritten(
    store: Store, models: ModelHost, tmp_path: Path
):
    host = SolutionHost(store, models, cache=tmp_path / "cache", poll_seconds=1.0)
    put(store, "A", "B")
    asked = Ticket("", "vpn drops")

    def found() -> list[str]:
        return sorted(one.ticket_id for one in host.similar("acme", asked, 5, Sight()))

    assert found() == ["A", "B"]
    gone(store, "A", remembered=False)
    assert found() == ["B"]
    index = host._shelves["acme"].index
    assert index.ticket_ids == ["B"] and np.count_nonzero(index._vectors[:2].any(axis=1)) == 1


def test_affinity_is_made_anew_without_an_erased_ticket(store: Store, tmp_path: Path):
    host = affinity_host(store, tmp_path)
    put(store, "A", "B", agent="ada")
    host.catch_up("acme")
    assert ranked(host) and len(told(host)) == 2
    gone(store, "A")
    host._catch_up_everywhere()
    assert len(told(host)) == 1


def test_links_of_an_erased_ticket_are_forgotten_also_those_that_came_with_a_model(
    store: Store, models: ModelHost
):
    erased = ErasedTickets(store, KEYS, poll_seconds=60.0)
    host = KnowledgeHost(store, models, poll_seconds=1.0, erased=erased)
    put(store, "A", "B")
    put_articles(store, "acme", [Article("KB-1", "VPN", "Restart the vpn.")])
    put_links(store, "acme", [ArticleLink("A", "KB-1"), ArticleLink("B", "KB-1")])
    host.suggest("acme", [Ticket("", "vpn drops")], 3)
    index = host._shelves["acme"].index
    (vector,) = index.memory.vectors.take(np.array([0]))
    index.remember(Ticket("from a model", "vpn"), "KB-1", None, vector)
    assert set(index.memory.ticket_ids) == {"A", "B", "from a model"}
    gone(store, "A", "from a model")
    (found,) = host.suggest("acme", [Ticket("", "vpn drops")], 3)
    assert index.memory.ticket_ids == ("B",) and len(index.memory) == 1
    assert "A" not in {name for one in found for why in one.because for name in why.examples}


def test_what_a_model_still_knows_is_not_named(store: Store):
    erased = ErasedTickets(store, KEYS, poll_seconds=0.0)
    (assessment,) = FakeModel().assess([Ticket("", "vpn")], similar=3)
    decision = Decision("d", "T-1", "v1", NOW, {}, assessment)

    def named() -> list[str]:
        shown = without_erased(decision, lambda ids: erased.among("acme", ids))
        return [one.ticket_id for one in shown.assessment.similar]

    assert named() == ["OLD-0", "OLD-1", "OLD-2"]
    gone(store, "OLD-1")
    assert named() == ["OLD-0", "OLD-2"]


def test_an_erased_ticket_that_is_sent_again_is_refused(store: Store):
    erased = ErasedTickets(store, KEYS, poll_seconds=60.0)
    erased.refuse("acme", [Ticket("A"), Ticket("B")])
    gone(store, "A")
    erased.refuse("acme", [Ticket("B")])
    with pytest.raises(ConflictError, match="1 of which"):
        erased.refuse("acme", [Ticket("A"), Ticket("B")])
