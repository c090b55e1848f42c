from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from serving.model_host import ModelHost
from serving.sight import Sight
from serving.solution_host import SolutionHost
from tests.serving.fakes import promote_fake
from triage.helping.policy import HelpingPolicy
from triage.helping.reply import Reply
from triage.registry import Registry
from triage.signing import signing_key
from triage.store import Store
from triage.store.replies import put_replies
from triage.store.tickets import put_tickets
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

QUESTION = Ticket("", "vpn drops hourly")
OPEN = Sight()


@pytest.fixture
def models(tmp_path: Path) -> ModelHost:
    promote_fake(tmp_path, "v1")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    host = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=1.0)
    host.refresh()
    return host


@pytest.fixture
def host(store: Store, models: ModelHost, tmp_path: Path) -> Iterator[SolutionHost]:
    made = SolutionHost(store, models, cache=tmp_path / "cache", poll_seconds=0.02)
    yield made
    made.stop()


def put(store: Store, count: int, prefix: str = "T", text: str = "vpn drops hourly", **more) -> None:
    given = {"resolution": "Update it."} | more
    rows = [PastTicket(Ticket(f"{prefix}-{number}", text), **given) for number in range(count)]
    put_tickets(store, "acme", rows, source="history")


def found(host: SolutionHost, count: int = 3, sight: Sight = OPEN) -> list[str]:
    return [one.ticket_id for one in host.similar("acme", QUESTION, count, sight)]


def test_what_another_process_stored_is_found_next_and_by_a_server_that_starts_later(
    store: Store, models: ModelHost, host: SolutionHost, tmp_path: Path
):
    assert found(host) == []
    put(store, 1)
    assert found(host) == ["T-0"]
    later = SolutionHost(store, models, cache=tmp_path / "other", poll_seconds=1.0)
    assert found(later) == ["T-0"]


def test_a_long_history_is_learnt_in_the_background_the_newest_first(store: Store, host: SolutionHost):
    ensure_workspace(store, "acme")
    put(store, 200, "OLD", "the printer jams")
    put(store, 1, "NEW")
    assert found(host) == ["NEW-0"]
    put(store, 200, "MID", "the canteen is closed")
    host.catch_up("acme")
    jam = host.similar("acme", Ticket("", "the printer jams"), 2, OPEN)
    assert [one.ticket_id.partition("-")[0] for one in jam] == ["OLD", "OLD"]


def test_a_ticket_that_lost_its_solution_is_found_no_more(store: Store, host: SolutionHost):
    put(store, 2)
    assert sorted(found(host)) == ["T-0", "T-1"]
    put(store, 1, resolution=None)
    assert found(host) == ["T-1"]


def test_a_reply_makes_a_ticket_solved(store: Store, host: SolutionHost):
    put(store, 1, resolution=None)
    put_replies(store, "acme", [Reply("T-0", "R-1", "Hm."), Reply("T-0", "R-2", "Do it.", is_solution=True)])
    (one,) = host.similar("acme", QUESTION, 3, OPEN)
    assert (one.extract, one.source.value) == (("Do it.",), "marked")


def test_confidential_tickets_take_no_part_in_the_search(store: Store, host: SolutionHost):
    put(store, 20, "HR", labels={"team": "HR"})
    put(store, 1, "IT", labels={"team": "IT"})
    sight = Sight(policy=HelpingPolicy(confidential={"team": frozenset({"HR"})}))
    # Had they been filtered after the search, the nearest few would all have been theirs.
    assert found(host, 1, sight) == ["IT-0"]
    host.catch_up("acme")
    assert found(host, 1, sight) == ["IT-0"]
    assert len(found(host, 9, replace(sight, sees_confidential=True))) == 9


def test_a_label_that_became_confidential_a_moment_ago_hides_a_ticket(store: Store, host: SolutionHost):
    put(store, 1, labels={"team": "IT"})
    assert found(host) == ["T-0"]
    assert found(host, sight=Sight(policy=HelpingPolicy(confidential={"team": frozenset({"IT"})}))) == []


def test_the_ticket_itself_and_what_reads_otherwise_are_left_out(store: Store, host: SolutionHost):
    put(store, 1)
    put(store, 1, "OTHER", "my chair squeaks terribly loud")
    own = Ticket("T-0", "vpn drops hourly")
    assert host.similar("acme", own, 3, OPEN) == ()
    assert found(host) == ["T-0"]
