from pathlib import Path

import pytest

from tests.training.history.helpers import write_csv
from training.history import BUILT_IN, Mapping, built_in_mapping, load_mapping, read_history
from training.history.mapping import TextJoin
from triage.errors import ConfigurationError, HistoryError

REPOSITORY = Path(__file__).parents[3]

EVERYTHING = """
zone = "Europe/Berlin"
date_format = "day-first"
ignore = ["status"]

[columns]
ticket_id = "Nr"
created_at = ["Opened", "Erstellt"]
priority = "Prio"
"field.site" = "Standort"

[constants]
product = "Mail"

[values.priority]
"1 - Critical" = "urgent"
"none" = ""

[filter]
Typ = ["Incident", "Problem"]

[text.body]
columns = ["Text", "Umgebung"]
separator = " / "
"""
HEADER = "Nr,Erstellt,Prio,Standort,Typ,Text,Umgebung,status,Rest"


def mapping(tmp_path, text: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    return path


def test_every_key_does_what_it_says(tmp_path):
    path = write_csv(
        tmp_path / "h.csv",
        "1,03/04/2026 10:00,1 - CRITICAL ,Bonn,Incident,Kaputt,Linux,open,x",
        "2,03/04/2026 10:00,none,,Problem,Kaputt,,open,x",
        "3,03/04/2026 10:00,none,,Question,Wie?,,open,x",
        header=HEADER,
    )
    read = read_history(path, mapping=mapping(tmp_path, EVERYTHING))
    first, second = read.tickets
    assert first.ticket.created_at.isoformat() == "2026-04-03T08:00:00+00:00"
    assert first.ticket.body == "Kaputt / Linux"
    assert (first.ticket.custom, first.ticket.product) == ({"site": "Bonn"}, "Mail")
    assert (first.labels, first.source_values) == ({"priority": "urgent"}, {"priority": "1 - CRITICAL"})
    assert (second.labels, second.ticket.body, second.status) == ({}, "Kaputt", None)
    assert (read.summary.filtered, read.summary.accepted) == (1, 2)
    assert "columns not read: status, Rest" in read.summary.notes


def test_the_source_value_of_a_label_is_never_among_what_was_known_at_filing(tmp_path):
    path = write_csv(tmp_path / "h.csv", "1,2026-01-01,a,High", header="ticket_id,created_at,body,priority")
    past = read_history(path).tickets[0]
    assert past.labels == {"priority": "high"}
    assert past.source_values == {"priority": "High"}
    assert "High" not in repr(past.ticket)


def test_an_unknown_priority_is_kept_and_reported_not_guessed(tmp_path):
    path = write_csv(tmp_path / "h.csv", "1,2026-01-01,a,P2", header="ticket_id,created_at,body,priority")
    read = read_history(path)
    assert read.tickets[0].labels == {"priority": "P2"}
    assert any("'P2' (1)" in note for note in read.summary.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("colums = {}", "unknown key 'colums'"),
        ("[columns]\nticket_id = 3", "columns.ticket_id .* expected a text or a list"),
        ("zone = 3", "zone .* expected a text"),
        ("only_listed = 'yes'", "only_listed .* expected true or false"),
        ("without = ['labels']", "'labels' in without"),
        ("[text]\nbody = 'x'", "text.body .* expected a table with columns"),
        ("columns = 'x'", "columns .* expected a table"),
        ("export_caps = ['x']", "export_caps .* whole numbers"),
        ("[columns", "not TOML"),
        ("[columns]\nseverity = 'x'", "'severity' in a mapping of a history table"),
        ("[values.severity]\na = 'b'", "'severity' in a mapping of a history table"),
        ("[columns]\nproduct = 'x'\n[constants]\nproduct = 'y'", "both as a column and as a constant"),
    ],
)
def test_a_wrong_mapping_is_refused_by_name(tmp_path, text, message):
    path = write_csv(tmp_path / "h.csv", "1,2026-01-01,a", header="ticket_id,created_at,x")
    with pytest.raises(ConfigurationError, match=message):
        read_history(path, mapping=mapping(tmp_path, text))


def test_a_mapping_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match=r"absent\.toml"):
        load_mapping(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    "wrong",
    [
        Mapping(columns={"subject": ("Betreff",)}),
        Mapping(text={"body": TextJoin(("Betreff",))}),
        Mapping(filter={"Betreff": ("x",)}),
    ],
)
def test_a_column_that_the_mapping_names_must_be_in_the_file(tmp_path, wrong):
    path = write_csv(tmp_path / "h.csv", "1,2026-01-01,a", header="ticket_id,created_at,body")
    with pytest.raises(HistoryError, match=r"no column 'Betreff'.*columns are ticket_id"):
        read_history(path, mapping=wrong)


def test_only_listed_columns_are_read_when_the_mapping_says_so(tmp_path):
    path = write_csv(tmp_path / "h.csv", "1,2026-01-01,a,x", header="ticket_id,created_at,body,category")
    listed = {name: (name,) for name in ("ticket_id", "created_at", "body")}
    assert read_history(path, mapping=Mapping(columns=listed, only_listed=True)).tickets[0].labels == {}


def test_the_built_in_mappings_and_those_of_the_benchmarks_are_valid():
    for name in BUILT_IN:
        assert built_in_mapping(name).name == name
    ours = sorted((REPOSITORY / "benchmarks" / "mappings").glob("*.toml"))
    assert len(ours) >= 5
    for path in ours:
        assert load_mapping(path).columns


def test_an_unknown_helpdesk_is_refused():
    with pytest.raises(ConfigurationError, match="expected one of freshdesk, freshservice, jira"):
        built_in_mapping("remedy")
