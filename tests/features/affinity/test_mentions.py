import pytest

from features.affinity.mentions import mentioned

ROWS = {"HDFS-6440": 3, "INC0010042": 5, "1234": 7}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("broken since HDFS-6440.", [3]),
        ("same as #1234 and INC0010042", [7, 5]),
        ("HDFS-6440, again HDFS-6440", [3]),
        ("HDFS-64400 and 1234 apples", []),
        ("", []),
    ],
)
def test_known_tickets_named_in_a_text_are_found(text, rows):
    assert mentioned(text, ROWS) == rows
