import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.history.spreadsheet import guarded, unguarded


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-", "@SUM(A1)", "\tx", "\rx", "'=1+1"])
def test_what_a_spreadsheet_would_run_gets_a_quote_before_it(cell):
    assert guarded(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "laptop", "a=b", "'tis", "3-4", " =1"])
def test_other_cells_are_left_alone_both_ways(cell):
    assert guarded(cell) == unguarded(cell) == cell


@given(st.text(alphabet="'=+-@\t\ra ", max_size=6))
def test_what_was_written_is_read_back(cell):
    assert unguarded(guarded(cell)) == cell
