from training.history.summary import RowSummary
from training.history.told import told_of_reading


def test_few_refused_rows_are_all_named_and_of_many_the_reasons_and_the_first():
    summary = RowSummary("history", accepted=3)
    assert told_of_reading(summary.as_dict()) == ["3 rows of the table read, 0 rows refused."]
    summary.refuse(7, "ticket_id is missing")
    assert told_of_reading(summary.as_dict())[1:] == ["Refused: line 7 (ticket_id is missing)."]
    for line in range(8, 15):
        summary.refuse(line, "created_at is missing")
    summary.replaced = 1
    told = told_of_reading(summary.as_dict())
    assert told[0] == (
        "3 rows of the table read, 8 rows refused, 1 row replaced by a later one of the same id."
    )
    assert told[1:3] == ["Refused: created_at is missing (7)", "Refused: ticket_id is missing (1)"]
    assert told[3].startswith("The first: line 7 (ticket_id is missing), line 8 (created_at")
    assert "line 12" not in told[3]
