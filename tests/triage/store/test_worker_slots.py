import pytest

from triage.errors import ConfigurationError
from triage.store import Store, open_store
from triage.store.worker_slots import count_workers, take_slot, try_slot


def test_each_worker_holds_a_place_of_its_own_and_a_place_given_back_is_taken_again(store: Store):
    assert count_workers(store) == 0
    first, second = take_slot(store), take_slot(store)
    assert (first.number, second.number) == (1, 2)
    assert count_workers(store) == 2
    assert try_slot(store, 1) is None
    first.release()
    assert count_workers(store) == 1
    again = take_slot(store)
    assert again.number == 1
    again.release()
    second.release()
    assert count_workers(store) == 0


def test_a_store_in_memory_has_no_workers():
    store = open_store("sqlite://")
    with pytest.raises(ConfigurationError, match="in memory"):
        take_slot(store)
    store.close()
