import pytest

from training.history.corrections import correct_labels, read_corrections
from triage.errors import InputError
from triage.ticket import PastTicket, Ticket

HEAD = "finding,weight,field,ticket_id,given,likely,correct,remedy\n"
TICKETS = [
    PastTicket(Ticket("T-1", "vpn"), {"category": "mail", "team": "desk"}),
    PastTicket(Ticket("T-2", "fax"), {"category": "fax"}),
]


def written(tmp_path, text: str, encoding="utf-8-sig"):
    path = tmp_path / "findings.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_filled_lines_correct_a_label_or_leave_it_out_and_empty_ones_change_nothing(tmp_path):
    path = written(
        tmp_path,
        HEAD
        + "likely_label_error,note,category,T-1,mail,network,network,fill\n"
        + "likely_label_error,note,category,T-2,fax,mail,-,fill\n"
        + "time_gap,look,,T-2,,,,look\n",
    )
    corrected = correct_labels(TICKETS, read_corrections(path))
    assert [dict(one.labels) for one in corrected] == [{"category": "network", "team": "desk"}, {}]
    assert dict(TICKETS[0].labels) == {"category": "mail", "team": "desk"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ticket_id,field\nT-1,category\n", "without the column correct"),
        (HEAD + "x,note,colour,T-1,,,red,\n", "'colour' in line 2"),
        (HEAD + "x,note,category,T-1,,,a,\ny,note,category,T-1,,,b,\n", "'a' and 'b'"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_the_place(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_corrections(written(tmp_path, text))


def test_another_encoding_and_another_history_are_refused(tmp_path):
    with pytest.raises(InputError, match="UTF-8"):
        read_corrections(written(tmp_path, HEAD + "x,note,category,T-1,,,Büro,\n", "latin-1"))
    with pytest.raises(InputError, match="such as T-9"):
        correct_labels(TICKETS, {("T-9", "category"): "mail"})
