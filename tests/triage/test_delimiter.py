import pytest

from triage.delimiter import delimiter_of


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("team,start,end\na;b,c,d", ","),
        ("team;start;end\n1,5;2,5;3,5", ";"),
        ("\nteam\tstart\tend\n", "\t"),
        ("a|b|c", "|"),
        ("alone\n1;2;3", ","),
        ("", ","),
    ],
)
def test_the_header_says_what_divides_columns(text: str, delimiter: str):
    assert delimiter_of(text) == delimiter
