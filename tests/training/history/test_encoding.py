from pathlib import Path

import pytest

from training.history import Mapping, read_history
from triage.errors import HistoryError

GERMAN = "Der Drucker im Büro läuft über, die Gäste müssen größere Pausen machen. Zurück für 5 €"
RUSSIAN = "Принтер в офисе не печатает, а сеть снова недоступна. Помогите, пожалуйста, сегодня."


def history(path: Path, body: str, encoding: str, mark: bytes = b"") -> Path:
    lines = ["ticket_id\tcreated_at\tsubject\tbody"] + [
        f"T-{n}\t2026-03-01\tBetreff\t{body}" for n in range(20)
    ]
    path.write_bytes(mark + "\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "mark", "body"),
    [
        ("utf-8", b"", GERMAN),
        ("utf-8", b"\xef\xbb\xbf", GERMAN),
        ("utf-16", b"", GERMAN),
        ("utf-16-le", b"", GERMAN),
        ("utf-16-be", b"", GERMAN),
        ("utf-32", b"", GERMAN),
        ("cp1252", b"", GERMAN),
        ("latin-1", b"", GERMAN.replace("€", "$")),
        ("cp1251", b"", RUSSIAN),
        ("koi8-r", b"", RUSSIAN),
        ("shift_jis", b"", "プリンターが動きません。ネットワークに接続できません。助けてください。"),
        ("gb18030", b"", "打印机无法工作，网络也断开了，请尽快帮助我们解决这个问题。"),
    ],
)
def test_text_comes_out_whatever_its_encoding(tmp_path, encoding, mark, body):
    read = read_history(history(tmp_path / "h.csv", body, encoding, mark))
    assert {past.ticket.body for past in read.tickets} == {body}
    assert read.tickets[0].ticket.ticket_id == "T-0"


def test_the_encoding_is_reported(tmp_path):
    assert read_history(history(tmp_path / "h.csv", GERMAN, "cp1252")).summary.encoding == "cp1252"


def test_the_first_foreign_letter_may_stand_in_the_last_row(tmp_path):
    path = history(tmp_path / "h.csv", "plain " * 4000, "utf-8")
    with path.open("ab") as file:
        file.write("\nT-99\t2026-03-02\tBüro\tläuft über".encode("cp1252"))
    assert read_history(path).tickets[-1].ticket.subject == "Büro"


def test_utf_8_with_some_cp1252_in_it_is_mended_line_by_line(tmp_path):
    path = history(tmp_path / "h.csv", GERMAN, "utf-8")
    with path.open("ab") as file:
        file.write("\nT-99\t2026-03-02\tBüro\t€".encode("cp1252"))
    read = read_history(path)
    mended = next(past.ticket for past in read.tickets if past.ticket.ticket_id == "T-99")
    assert (mended.subject, mended.body) == ("Büro", "€")
    assert read.tickets[0].ticket.body == GERMAN
    assert read.summary.encoding == "utf-8 with some cp1252"
    assert "1 line held bytes outside the encoding: replaced" in read.summary.notes


def test_a_given_encoding_is_taken_and_an_unknown_one_refused(tmp_path):
    path = history(tmp_path / "h.csv", "Łódź", "cp1250")
    assert read_history(path, mapping=Mapping(encoding="cp1250")).tickets[0].ticket.body == "Łódź"
    with pytest.raises(HistoryError, match="unknown encoding 'cp99'"):
        read_history(path, mapping=Mapping(encoding="cp99"))
