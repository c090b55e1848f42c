import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from triage.errors import InputError
from triage.store import Store
from triage.store.idempotency import Reply, earlier_reply, forget_replies, run_once
from triage.store.policies import read_policy, write_policy


def change_policy(store: Store) -> Reply:
    changed = write_policy(store, "acme", read_policy(store, "acme").policy, "ada")
    return Reply(200, {"version": changed.version})


def test_the_second_request_gets_the_first_answer_and_does_nothing(store: Store):
    first = run_once(store, "acme", "key", "hash", lambda: change_policy(store))
    second = run_once(store, "acme", "key", "hash", lambda: change_policy(store))
    assert (first.replayed, second.replayed) == (False, True)
    assert first.document == second.document == {"version": 1}
    assert read_policy(store, "acme").version == 1


def test_keys_of_other_workspaces_are_other_keys(store: Store):
    run_once(store, "acme", "key", "hash", lambda: Reply(200, {"who": "acme"}))
    assert run_once(store, "other", "key", "hash", lambda: Reply(200, {"who": "other"})).document == {
        "who": "other"
    }


def test_a_key_used_for_another_request_is_refused(store: Store):
    run_once(store, "acme", "key", "hash", lambda: Reply(200, {}))
    with pytest.raises(InputError, match="Idempotency-Key"):
        run_once(store, "acme", "key", "another", lambda: Reply(200, {}))


def test_an_effect_that_fails_leaves_neither_effect_nor_answer(store: Store):
    def fail() -> Reply:
        change_policy(store)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_once(store, "acme", "key", "hash", fail)
    assert read_policy(store, "acme").version == 0
    assert earlier_reply(store, "acme", "key", "hash") is None
    assert run_once(store, "acme", "key", "hash", lambda: change_policy(store)).document == {"version": 1}


def test_of_requests_at_the_same_time_one_is_done_and_all_get_its_answer(store: Store):
    replies: list[Reply] = []

    def slowly() -> Reply:
        time.sleep(0.02)
        return change_policy(store)

    def ask() -> None:
        replies.append(run_once(store, "acme", "key", "hash", slowly))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [reply.document for reply in replies] == [{"version": 1}] * 5
    assert sum(not reply.replayed for reply in replies) == 1
    assert read_policy(store, "acme").version == 1


def test_old_answers_are_forgotten(store: Store):
    run_once(store, "acme", "key", "hash", lambda: Reply(200, {}))
    assert forget_replies(store, datetime.now(UTC) - timedelta(hours=1)) == 0
    assert forget_replies(store, datetime.now(UTC) + timedelta(hours=1)) == 1
    assert earlier_reply(store, "acme", "key", "hash") is None
