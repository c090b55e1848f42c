"""Replies, macros and public articles, from tables into the store."""

from pathlib import Path

import pytest

from training.history.importer import import_table
from triage.errors import HistoryError
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.articles import get_article
from triage.store.replies import list_macros, replies_of
from triage.store.solved import count_solved


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_replies_are_read_with_who_wrote_them_and_what_they_were(sqlite_store: Store, tmp_path: Path):
    table = write(
        tmp_path / "replies.csv",
        "ticket_id,reply_id,body,created_at,agent,by_requester,is_solution,helpful,unhelpful\n"
        "T-1,R-1,Renew it.,2026-03-02T10:00:00Z,ada,no,yes,3,1\n"
        "T-1,R-2,Thanks.,2026-03-02T11:00:00Z,,yes,,,\n"
        "T-1,R-3,,2026-03-02T12:00:00Z,ada,no,no,,\n"
        "T-1,R-4,Perhaps.,2026-03-02T12:00:00Z,ada,maybe,no,,\n",
    )
    result = import_table(sqlite_store, table, "replies", workspace="acme")
    assert (result.summary["accepted"], result.summary["rejected"]) == (2, 2)
    first, second = replies_of(sqlite_store, "acme", ["T-1"])["T-1"]
    assert (first.agent, first.is_solution, first.helpful, first.unhelpful) == ("ada", True, 3, 1)
    assert (second.by_requester, second.is_solution, second.helpful) == (True, False, 0)
    assert count_solved(sqlite_store, "acme") == 1
    assert import_table(sqlite_store, table, "replies", workspace="acme").was_finished


def test_macros_are_read_and_one_without_a_title_has_its_id_for_one(sqlite_store: Store, tmp_path: Path):
    table = write(tmp_path / "macros.csv", "macro_id,title,body\nM-1,Hi,Hello.\nM-2,,Bye.\nM-3,Nothing,\n")
    result = import_table(sqlite_store, table, "macros", workspace="acme")
    assert result.summary["rejected"] == 1
    assert [(one.title, one.body) for one in list_macros(sqlite_store, "acme")] == [
        ("Hi", "Hello."),
        ("M-2", "Bye."),
    ]


def test_an_article_is_public_only_where_the_table_says_yes(sqlite_store: Store, tmp_path: Path):
    table = write(
        tmp_path / "articles.csv",
        "article_id,title,public\nKB-1,Open,yes\nKB-2,Closed,no\nKB-3,Untold,\nKB-4,Odd,perhaps\n",
    )
    result = import_table(sqlite_store, table, "articles", workspace="acme")
    assert result.summary["rejected"] == 1
    found = {name: get_article(sqlite_store, "acme", name) for name in ("KB-1", "KB-2", "KB-3", "KB-4")}
    assert {name: one and one.article.public for name, one in found.items()} == {
        "KB-1": True,
        "KB-2": False,
        "KB-3": False,
        "KB-4": None,
    }


def test_ids_that_are_no_addresses_are_refused_and_slashes_taken(sqlite_store: Store, tmp_path: Path):
    rejects = tmp_path / "rejects.csv"
    table = write(tmp_path / "a.csv", 'article_id,title\nIT/KB 1,Open\nsearch,Find\n"KB\n2",Broken\n')
    result = import_table(sqlite_store, table, "articles", workspace="acme", rejects=rejects)
    assert (result.summary["accepted"], result.summary["rejected"]) == (1, 2)
    assert get_article(sqlite_store, "acme", "IT/KB 1") is not None
    assert "address of its own" in rejects.read_text() and "line break" in rejects.read_text()
    table = write(tmp_path / "m.csv", 'macro_id,body\nIT/M-1,Hello.\n"M\n2",Bye.\n')
    assert import_table(sqlite_store, table, "macros", workspace="acme").summary["rejected"] == 1
    assert [one.macro_id for one in list_macros(sqlite_store, "acme")] == ["IT/M-1"]
    table = write(tmp_path / "g.csv", 'agent,team\nIT/ada,web\nIT/absences,web\n"b\nob",web\n')
    result = import_table(sqlite_store, table, "agents", workspace="acme", rejects=rejects)
    assert [one.agent for one in list_agents(sqlite_store, "acme")] == ["IT/ada"]
    assert "address of absences" in rejects.read_text() and "line break" in rejects.read_text()


@pytest.mark.parametrize(
    ("kind", "head", "rest"),
    [
        ("history", "ticket_id,created_at,subject", "2026-03-02,VPN"),
        ("articles", "article_id,title", "VPN"),
        ("macros", "macro_id,body", "Hello"),
        ("agents", "agent,team", "web"),
    ],
)
def test_ids_of_dots_alone_are_refused_with_the_reason(
    sqlite_store: Store, tmp_path: Path, kind: str, head: str, rest: str
):
    rows = "".join(f"{name},{rest}\n" for name in (".", "..", "...", "a/../b"))
    table = write(tmp_path / "table.csv", f"{head}\n{rows}")
    summary = import_table(sqlite_store, table, kind, workspace="acme").summary
    assert (summary["accepted"], summary["rejected"]) == (2, 2)
    assert all("dots alone" in reason for reason in summary["reasons"])


@pytest.mark.parametrize(("kind", "head"), [("replies", "ticket_id,body"), ("macros", "title,body")])
def test_a_table_without_what_names_its_rows_is_refused(
    sqlite_store: Store, tmp_path: Path, kind: str, head: str
):
    with pytest.raises(HistoryError):
        import_table(sqlite_store, write(tmp_path / "t.csv", f"{head}\na,b\n"), kind, workspace="acme")


@pytest.mark.parametrize(("kind", "words"), [("agents", "an agents table"), ("links", "a links table")])
def test_a_refused_table_is_named_in_plain_english(
    sqlite_store: Store, tmp_path: Path, kind: str, words: str
):
    with pytest.raises(HistoryError, match=f"Got {words} without"):
        import_table(sqlite_store, write(tmp_path / "t.csv", "colour\nred\n"), kind, workspace="acme")


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [("links", "ticket_id,article_id", "T-1,KB-1"), ("replies", "ticket_id,reply_id,body", "T-1,R-1,Hi")],
)
def test_what_is_dated_ahead_is_refused_by_line_and_the_rest_kept(
    sqlite_store: Store, tmp_path: Path, kind: str, header: str, row: str
):
    table = write(
        tmp_path / "table.csv",
        f"{header},created_at\n{row},2099-01-01\n{row.replace('T-1', 'T-2')},2026-01-01\n",
    )
    rejects = tmp_path / "rejects.csv"
    result = import_table(sqlite_store, table, kind, workspace="acme", rejects=rejects)
    assert (result.summary["accepted"], result.summary["rejected"]) == (1, 1)
    assert result.summary["reasons"] == {"created_at lies more than a day ahead": 1}
    assert "\n2," in rejects.read_text()


def test_an_article_updated_ahead_is_kept_and_noted(sqlite_store: Store, tmp_path: Path):
    table = write(tmp_path / "articles.csv", "article_id,title,updated_at\nKB-1,Open,2099-01-01\n")
    result = import_table(sqlite_store, table, "articles", workspace="acme")
    assert result.summary["accepted"] == 1
    assert any("1 article was updated more than a day ahead" in note for note in result.summary["notes"])
