import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from training.cli.tables import print_table


def printed(headings, rows, width: int, **more) -> str:
    out = io.StringIO()
    print_table(Console(file=out, width=width), headings, rows, **more)
    return out.getvalue()


HEADINGS = ("field", "tickets", "right", "at training", "best peer", "top 3", "applied", "of these right")
ROWS = [["subcategory", "12,345", "97.5%\n97.2–97.8%", "90.0%\nof 2,000", "50.0%", "90.0%", "50.0%", "97.0%"]]


@pytest.mark.parametrize("width", [80, 100, 200])
def test_no_word_is_split_where_the_words_of_a_row_fit(width):
    told = printed(HEADINGS, ROWS, width).split()
    assert {word for cell in [*HEADINGS, *ROWS[0]] for word in cell.split()} <= set(told)


@given(
    st.lists(st.text(alphabet="abc ", min_size=1, max_size=40), min_size=3, max_size=3), st.integers(20, 120)
)
def test_nothing_is_cut_in_any_width(cells, width):
    out = printed(("one", "two", "three"), [cells], width, shows_head=False)
    assert "…" not in out
    assert all(len(line) <= width for line in out.splitlines())
    # Each column keeps its letters, in order, whatever the wrapping.
    assert sorted("".join(out.split())) == sorted("".join("".join(cells).split()))


def test_columns_of_words_stand_to_the_left_and_numbers_to_the_right():
    line = printed(("field", "level", "tickets"), [["team", "few", "7"]], 80, left=("level",)).splitlines()[
        -2
    ]
    assert line.index("few") < line.index("7")
    assert line.rstrip().endswith("7")
