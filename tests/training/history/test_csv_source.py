import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.history import read_history
from training.history.csv_source import CsvSource
from training.history.encoding import TextEncoding

UTF_8 = TextEncoding("utf-8")


def rows(path, **options) -> list[list[str]]:
    return [raw.values for raw in CsvSource(path, UTF_8, **options).rows([], 10)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_among_texts_full_of_the_others(tmp_path, delimiter):
    path = tmp_path / "h.csv"
    others = " ".join(mark for mark in ",;\t|" if mark != delimiter)
    lines = [["ticket_id", "created_at", "body"]] + [
        [f"T-{n}", "2026-03-01", f'"{others * n} text"'] for n in range(1, 30)
    ]
    path.write_text("\n".join(delimiter.join(line) for line in lines))
    read = read_history(path)
    assert read.summary.delimiter == delimiter
    assert len(read.tickets) == 29


def test_excel_may_name_the_delimiter_in_its_first_line(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("sep=;\na;b\n1;2,5\n")
    assert rows(path) == [["1", "2,5"]]


def test_quotes_line_breaks_and_blank_lines_are_kept_apart(tmp_path):
    path = tmp_path / "h.csv"
    path.write_bytes(b'a,b\r\n"say ""hi""","two\r\nlines"\r\n\r\n3,4\r\n')
    found = list(CsvSource(path, UTF_8).rows([], 10))
    assert [raw.values for raw in found] == [['say "hi"', "two\r\nlines"], ["3", "4"]]
    assert [raw.line for raw in found] == [2, 5]


def test_repeated_headers_stay_apart(tmp_path):
    path = tmp_path / "h.csv"
    path.write_text("id,Labels,Labels\n1,x,y\n")
    source = CsvSource(path, UTF_8)
    assert source.header == ["id", "Labels", "Labels"]
    assert rows(path) == [["1", "x", "y"]]


field = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(table=st.lists(st.tuples(field, field, field), min_size=1, max_size=8))
def test_what_was_quoted_correctly_comes_back_letter_by_letter(tmp_path, table):
    path = tmp_path / "h.csv"
    lines = ['"a","b","c"'] + [",".join('"' + value.replace('"', '""') + '"' for value in r) for r in table]
    path.write_bytes("\r\n".join(lines).encode("utf-8") + b"\r\n")
    expected = [list(r) for r in table if any(r)]
    assert rows(path, delimiter=",") == expected
