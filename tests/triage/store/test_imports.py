import pytest

from triage.errors import ConflictError
from triage.store.imports import advance_import, begin_import, finish_import, list_imports, restart_import


def test_beginning_the_same_import_again_tells_where_it_stands(store):
    begun = begin_import(store, "acme", "history", "f" * 64)
    advance_import(store, begun, rows_before=0, rows_done=500)
    stands = begin_import(store, "acme", "history", "f" * 64)
    assert (stands.import_id, stands.rows_done, stands.is_finished) == (begun.import_id, 500, False)
    assert begin_import(store, "other", "history", "f" * 64).rows_done == 0


def test_a_finished_import_keeps_its_summary_and_can_be_set_back(store):
    begun = begin_import(store, "acme", "history", "f" * 64)
    finish_import(store, begun, rows_before=0, rows_done=9, summary={"read": 9})
    (stands,) = list_imports(store, "acme")
    assert (stands.is_finished, stands.rows_done, stands.summary) == (True, 9, {"read": 9})
    restart_import(store, stands)
    assert begin_import(store, "acme", "history", "f" * 64).rows_done == 0


def test_of_two_processes_at_one_import_the_second_is_refused(store):
    begun = begin_import(store, "acme", "history", "f" * 64)
    advance_import(store, begun, rows_before=0, rows_done=500)
    with pytest.raises(ConflictError, match="another process"):
        advance_import(store, begun, rows_before=0, rows_done=500)
