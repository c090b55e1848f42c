import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from serving import affinity_host, affinity_shelf
from serving.affinity_host import AffinityHost
from serving.affinity_shelf import Asked
from tests.features.fake_encoder import WordEncoder
from tests.serving.fake_affinity import CountingIndex
from triage.agent import Agent
from triage.assignment import Candidate
from triage.store import Store
from triage.store.agents import put_agents
from triage.store.tickets import put_tickets
from triage.store.work import close_ticket, set_assignee
from triage.store.workspaces import ensure_workspace
from triage.ticket import PastTicket, Ticket

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TEAM = ("ada", "bob")


class NoModels:
    workspaces = ()

    def bundle(self, workspace: str) -> None:
        return None


class Stock:
    def get(self) -> WordEncoder:
        return WordEncoder()


def opened(store: Store, tmp_path, **more) -> AffinityHost:
    return AffinityHost(
        store,
        NoModels(),
        make=lambda bundle, encoder: CountingIndex(),
        cache=tmp_path / "cache",
        poll_seconds=0.02,
        stock=Stock(),
        **more,
    )


def put(store: Store, *names: str, agent: str | None = None, at: datetime = NOON) -> None:
    labels = {} if agent is None else {"assignee": agent}
    past = [PastTicket(Ticket(one, f"vpn {one}", created_at=at), labels, resolved_at=at) for one in names]
    put_tickets(store, "acme", past, source="jira")


def ranked(host: AffinityHost) -> list[tuple[str, float]]:
    asked = [Asked(Ticket("", "vpn"), TEAM)]
    ((*found,),) = host.rank("acme", asked, NOON)
    return [(one.agent, round(one.score, 2)) for one in found]


def told(host: AffinityHost) -> list[tuple[str, str, str]]:
    return host._shelves["acme"].index.told


def test_a_workspace_in_which_nothing_was_handled_knows_nobody(store, tmp_path):
    assert opened(store, tmp_path).rank("acme", [Asked(Ticket("", "vpn"), TEAM)], NOON) == [[]]


def test_the_store_is_read_in_the_order_of_time_newest_kept(store, tmp_path):
    put(store, "T-3", agent="bob", at=NOON + 2 * HOUR)
    put(store, "T-1", agent="ada")
    put(store, "T-2", agent="ada", at=NOON + HOUR)
    host = opened(store, tmp_path, newest=2)
    assert ranked(host) == [("ada", 0.5), ("bob", 0.5)]
    assert [one[0] for one in told(host)] == ["T-2", "T-3"]


def test_what_is_told_counts_in_the_next_answer_of_every_server(store, tmp_path):
    put(store, "T-1", agent="ada")
    hosts = opened(store, tmp_path), opened(store, tmp_path)
    assert [ranked(one) for one in hosts] == [[("ada", 1.0)]] * 2
    put(store, "T-2")
    set_assignee(store, "acme", "T-2", "bob", assigned_by="zoe")
    assert [ranked(one) for one in hosts] == [[("ada", 0.75), ("bob", 0.25)]] * 2
    close_ticket(store, "acme", "T-2", labels={})
    assert told(hosts[0]) == told(hosts[1]) != []
    assert ranked(hosts[0]) == [("bob", 0.57), ("ada", 0.43)]
    assert told(hosts[0])[-1] == ("T-2", "bob", "resolved")


def test_one_answer_learns_only_so_much_and_the_rest_follows(store, tmp_path, monkeypatch):
    monkeypatch.setattr(affinity_host, "STEP", 2)
    put(store, *(f"T-{number}" for number in range(5)), agent="ada")
    ensure_workspace(store, "acme")
    host = opened(store, tmp_path)
    ranked(host)
    assert len(told(host)) == 2
    host.catch_up("acme")
    assert len(told(host)) == 5


def test_the_thread_learns_what_nobody_asked_about(store, tmp_path):
    ensure_workspace(store, "acme")
    put(store, "T-1", agent="ada")
    host = opened(store, tmp_path)
    host.start()
    try:
        put(store, "T-2", agent="bob", at=NOON + HOUR)
        for _ in range(1_500):
            if "acme" in host._shelves and len(told(host)) == 2:
                break
            time.sleep(0.02)
        assert [one[1] for one in told(host)] == ["ada", "bob"]
    finally:
        host.stop()


def test_newcomers_are_known_by_their_skills_until_they_have_a_history(store, tmp_path):
    put_agents(
        store,
        "acme",
        [Agent("bob", skills=("vpn", "dns")), Agent("ada"), Agent("zoe", skills=("x",), active=False)],
    )
    put(store, "T-1", agent="ada")
    host = opened(store, tmp_path)
    assert ranked(host) == [("ada", 0.75), ("bob", 0.25)]
    assert host._shelves["acme"].index.skills == {"bob": "vpn, dns"}


def test_events_that_come_out_of_order_make_the_index_anew(store, tmp_path, monkeypatch):
    monkeypatch.setattr(affinity_host, "ANEW_EVERY_SECONDS", 0.0)
    ensure_workspace(store, "acme")
    put(store, "T-2", agent="ada", at=NOON)
    host = opened(store, tmp_path)
    ranked(host)
    put(store, "T-1", agent="bob", at=NOON - 5 * HOUR)
    assert ranked(host) == [("ada", 0.5), ("bob", 0.5)]
    assert [one[0] for one in told(host)] == ["T-2", "T-1"]
    host._catch_up_everywhere()
    assert [one[0] for one in told(host)] == ["T-1", "T-2"]


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(store, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    put(store, "T-1", agent="ada")
    assert opened(store, tmp_path).rank("acme", [Asked(Ticket("", "vpn"), TEAM)], NOON) == [
        [Candidate("ada", 1.0, ("handled 3 points",))]
    ]


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_asked_is_nothing_answered(store, tmp_path, count):
    put(store, *(f"T-{one}" for one in range(count)), agent="ada")
    assert opened(store, tmp_path).rank("acme", [], NOON) == []


def test_a_request_does_not_wait_for_who_learns_much(store, tmp_path):
    put(store, *(f"T-{number}" for number in range(20)), agent="ada")
    host = opened(store, tmp_path)
    host.catch_up("acme")
    put(store, "T-20", agent="ada", at=NOON + HOUR)
    shelf = host._shelves["acme"]
    learning, may_end = threading.Event(), threading.Event()

    def learn() -> None:
        with shelf.learner:
            shelf.waiting.extend([None] * (affinity_host.STEP + 1))
            learning.set()
            may_end.wait(30)
            shelf.waiting.clear()

    thread = threading.Thread(target=learn)
    thread.start()
    learning.wait(30)
    try:
        assert ranked(host) == [("ada", 1.0)]  # by what was known
        assert len(told(host)) == 20
    finally:
        may_end.set()
        thread.join()
    ranked(host)
    assert len(told(host)) == 21


def test_a_long_import_is_left_to_the_background(store, tmp_path):
    put(store, "T-0", agent="ada")
    host = opened(store, tmp_path)
    ranked(host)
    put(store, *(f"T-{number}" for number in range(1, affinity_host.STEP + 3)), agent="bob")
    ranked(host)
    assert len(told(host)) == 1
    host.catch_up("acme")
    assert len(told(host)) == affinity_host.STEP + 3


def test_others_have_their_turn_between_slices(store, tmp_path, monkeypatch):
    monkeypatch.setattr(affinity_shelf, "SLICE", 2)
    put(store, *(f"T-{number}" for number in range(5)), agent="ada")
    host = opened(store, tmp_path)
    shelf = host._shelf("acme")
    free: list[int] = []

    def breathe(seconds: float) -> None:
        with ThreadPoolExecutor(1) as other:  # another thread, since a lock is its holder's
            assert other.submit(is_free).result()
        free.append(shelf.learnt)

    def is_free() -> bool:
        if is_taken := shelf.turn.acquire(timeout=0):
            shelf.turn.release()
        return is_taken

    monkeypatch.setattr(affinity_shelf.time, "sleep", breathe)
    host._catch_up("acme", shelf, 5)
    assert free == [2, 4] and len(told(host)) == 5
