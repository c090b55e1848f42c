"""What was learnt before is found again, and only if it is whole, ours, and of the very same things."""

import os
from dataclasses import dataclass

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

from training.work_memory import WorkMemory, digest, digest_rows
from triage.ticket import PastTicket, Ticket

KEY = bytes(range(32))


@dataclass(frozen=True)
class Names:
    columns: np.ndarray
    name: str = "names"


def fails() -> object:
    raise AssertionError("learnt again")


def test_a_result_is_found_by_another_process_of_the_same_program(tmp_path):
    WorkMemory(tmp_path, KEY).remember("sum", {"a": [1, 2]}, lambda: np.arange(3))
    found = WorkMemory(tmp_path, KEY).remember("sum", {"a": [1, 2]}, fails)
    assert found.tolist() == [0, 1, 2]


def test_other_things_are_learnt_anew(tmp_path):
    memory = WorkMemory(tmp_path, KEY)
    memory.remember("sum", [1, 2], lambda: 3)
    assert memory.remember("sum", [1, 3], lambda: 4) == 4
    assert memory.remember("product", [1, 2], lambda: 2) == 2


def test_what_a_foreign_key_signed_or_a_disk_changed_is_never_loaded(tmp_path):
    memory = WorkMemory(tmp_path, KEY)
    memory.remember("sum", 1, lambda: "ours")
    [path] = tmp_path.iterdir()
    whole = path.read_bytes()
    assert WorkMemory(tmp_path, b"f" * 32).remember("sum", 1, lambda: "theirs") == "theirs"
    for broken in (whole[:-1], whole[:40], b"", whole[:70] + bytes([whole[70] ^ 1]) + whole[71:]):
        path.write_bytes(broken)
        assert memory.remember("sum", 1, lambda: "anew") == "anew"
        assert memory.remember("sum", 1, fails) == "anew"


def test_a_result_under_another_name_is_not_taken(tmp_path):
    memory = WorkMemory(tmp_path, KEY)
    memory.remember("sum", 1, lambda: "one")
    [one] = tmp_path.iterdir()
    memory.remember("sum", 2, lambda: "two")
    [two] = set(tmp_path.iterdir()) - {one}
    two.write_bytes(one.read_bytes())
    assert memory.remember("sum", 2, lambda: "anew") == "anew"


def test_what_was_not_asked_for_longest_goes_first(tmp_path):
    memory = WorkMemory(tmp_path, KEY, most_bytes=25_000)
    for step in range(3):
        memory.remember("block", step, lambda: np.zeros(10_000, np.uint8))
        for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda one: one.stat().st_mtime_ns)):
            os.utime(path, ns=(age, age))
    assert len(list(tmp_path.iterdir())) == 2
    memory.remember("block", 2, fails)


def test_a_folder_that_cannot_be_written_costs_the_memory_only(tmp_path):
    (tmp_path / "file").write_text("")
    assert WorkMemory(tmp_path / "file" / "learnt", KEY).remember("sum", 1, lambda: 5) == 5


def test_a_failure_is_not_kept(tmp_path):
    memory = WorkMemory(tmp_path, KEY)
    with pytest.raises(AssertionError, match="learnt again"):
        memory.remember("sum", 1, fails)
    assert memory.remember("sum", 1, lambda: 2) == 2


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6), st.integers(0, 5), st.integers(-5, 5))
def test_any_change_of_a_value_shows(numbers, place, value):
    place %= len(numbers)
    other = [*numbers[:place], value, *numbers[place + 1 :]]
    for kind in (
        list,
        tuple,
        np.array,
        lambda given: sp.csr_matrix([given]),
        lambda given: Names(np.array(given)),
    ):
        assert (digest({"a": kind(numbers)}) == digest({"a": kind(other)})) == (numbers == other)


def test_neither_order_of_names_nor_layout_matters():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    matrix = np.arange(6).reshape(2, 3)
    assert digest(matrix) == digest(np.asfortranarray(matrix)) != digest(matrix.reshape(3, 2))
    assert digest(matrix) != digest(matrix.astype(np.int32))


def test_everything_that_a_ticket_holds_is_told():
    past = PastTicket(Ticket("T-1", "Printer"), {"category": "printing"})
    assert digest_rows([past]) == digest_rows(
        [PastTicket(Ticket("T-1", "Printer"), {"category": "printing"})]
    )
    for other in (
        PastTicket(Ticket("T-1", "Printer", requester="r"), {"category": "printing"}),
        PastTicket(Ticket("T-1", "Printer"), {"category": "printing"}, reopened=1),
    ):
        assert digest_rows([past]) != digest_rows([other])
