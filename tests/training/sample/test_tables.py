import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from training.sample import Preset, write_sample
from training.sample.tables import AGENT_COLUMNS, ARTICLE_COLUMNS, LINK_COLUMNS, TICKET_COLUMNS
from triage.errors import InputError
from triage.priority import PRIORITIES

UNTIL = date(2026, 11, 1)

CONTRACT = {
    "tickets.csv": "ticket_id created_at subject body category subcategory impact urgency priority team "
    "assignee requester organization channel product language tags status assigned_at first_response_at "
    "resolved_at closed_at reopened reassignments resolution",
    "articles.csv": "article_id title body summary url updated_at products topics public",
    "links.csv": "ticket_id article_id created_at agent",
    "agents.csv": "agent team skills capacity shift absent_from absent_to seniority",
}


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at(value: str) -> datetime:
    return datetime.fromisoformat(value)


def test_the_columns_are_those_of_the_contract(written) -> None:
    for name, columns in CONTRACT.items():
        with (written.folder / name).open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == columns.split()
    known = {"tickets.csv": TICKET_COLUMNS, "articles.csv": ARTICLE_COLUMNS}
    known |= {"links.csv": LINK_COLUMNS, "agents.csv": AGENT_COLUMNS}
    assert {name: " ".join(columns) for name, columns in known.items()} == CONTRACT


def test_as_many_tickets_as_asked_for_with_ids_of_their_own(written) -> None:
    assert len(written.tickets) == written.summary.tickets == 3000
    assert len({row["ticket_id"] for row in written.tickets}) == 3000


def test_tickets_are_in_the_order_of_filing(written) -> None:
    moments = [row["created_at"] for row in written.tickets]
    assert moments == sorted(moments)


def test_nothing_lies_outside_the_span(written) -> None:
    since, until = datetime(2025, 5, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
    for row in written.tickets:
        for column in ("created_at", "assigned_at", "first_response_at", "resolved_at", "closed_at"):
            assert not row[column] or since <= at(row[column]) < until
    for row in written.links:
        assert since <= at(row["created_at"]) < until
    assert min(at(row["created_at"]) for row in written.tickets) < datetime(2025, 5, 10, tzinfo=UTC)
    assert max(at(row["created_at"]) for row in written.tickets) > datetime(2026, 10, 25, tzinfo=UTC)


def test_a_ticket_is_assigned_answered_solved_and_closed_in_this_order(written) -> None:
    for row in written.tickets:
        columns = ("created_at", "assigned_at", "first_response_at", "resolved_at", "closed_at")
        times = [row[column] for column in columns]
        known = [value for value in times if value]
        assert times[: len(known)] == known, "a later step without an earlier one"
        assert known == sorted(known)
        assert (
            (row["status"] in {"resolved", "closed"}) == bool(row["resolved_at"]) == bool(row["resolution"])
        )
        assert bool(row["assignee"]) == bool(row["team"]) == bool(row["assigned_at"])


def test_every_reference_resolves(written) -> None:
    teams = {team.id for team in written.preset.teams}
    team_of = {row["agent"]: row["team"] for row in written.agents}
    articles = {row["article_id"] for row in written.articles}
    tickets = {row["ticket_id"]: row for row in written.tickets}
    organizations = {organization.id for organization in written.preset.organizations}
    assert set(team_of.values()) == teams
    for row in written.tickets:
        assert not row["assignee"] or team_of[row["assignee"]] == row["team"]
        assert row["organization"] in organizations
        assert row["product"] in written.preset.products
        assert row["channel"] in written.preset.channels
        assert row["priority"] in PRIORITIES
    for link in written.links:
        assert link["article_id"] in articles
        assert link["agent"] == tickets[link["ticket_id"]]["assignee"]
        assert tickets[link["ticket_id"]]["first_response_at"] <= link["created_at"]
    assert written.summary.links == len(written.links) > 1000


def test_no_slot_is_left_open(written) -> None:
    for row in written.tickets:
        assert "{" not in row["subject"] + row["body"] + row["resolution"]


def test_the_folder_says_that_it_is_made_up(written) -> None:
    note = (written.folder / "README.txt").read_text(encoding="utf-8")
    assert "made-up" in note
    assert f"preset {written.preset.id}, seed 7" in note
    assert "No claim" in note


def test_the_same_arguments_give_the_same_bytes(written, tmp_path: Path) -> None:
    write_sample(written.preset, tmp_path, tickets=3000, seed=7, until=UNTIL)
    for name in (*CONTRACT, "README.txt"):
        assert (tmp_path / name).read_bytes() == (written.folder / name).read_bytes()


def test_another_seed_gives_another_helpdesk(it_preset: Preset, tmp_path: Path) -> None:
    for seed in (1, 2):
        write_sample(it_preset, tmp_path / str(seed), tickets=50, seed=seed, until=UNTIL)
    assert (tmp_path / "1/tickets.csv").read_bytes() != (tmp_path / "2/tickets.csv").read_bytes()


def test_a_larger_sample_keeps_the_tickets_of_the_smaller_one(it_preset: Preset, tmp_path: Path) -> None:
    for size in (300, 400):
        write_sample(it_preset, tmp_path / str(size), tickets=size, seed=7, until=UNTIL)
    small, large = (
        {(row["created_at"], row["subject"], row["body"], row["category"]) for row in read_rows(path)}
        for path in (tmp_path / "300/tickets.csv", tmp_path / "400/tickets.csv")
    )
    assert small < large


def test_a_sample_may_be_written_over_a_sample(it_preset: Preset, tmp_path: Path) -> None:
    write_sample(it_preset, tmp_path, tickets=20, seed=1, until=UNTIL)
    write_sample(it_preset, tmp_path, tickets=10, seed=1, until=UNTIL)
    assert len(read_rows(tmp_path / "tickets.csv")) == 10
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*CONTRACT, "README.txt"])


def test_tables_of_another_origin_are_not_overwritten(it_preset: Preset, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"tickets\.csv of another origin"):
        write_sample(it_preset, tmp_path, tickets=10, until=UNTIL)
    assert (tmp_path / "tickets.csv").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(("tickets", "seed", "named"), [(0, 7, "tickets=0"), (10, -1, "seed=-1")])
def test_a_size_or_seed_out_of_range_is_refused(
    it_preset: Preset, tmp_path: Path, tickets: int, seed: int, named: str
) -> None:
    with pytest.raises(InputError, match=named):
        write_sample(it_preset, tmp_path, tickets=tickets, seed=seed, until=UNTIL)
    assert not list(tmp_path.iterdir())


def test_one_ticket_is_a_sample_too(it_preset: Preset, tmp_path: Path) -> None:
    summary = write_sample(it_preset, tmp_path, tickets=1, until=date(2026, 2, 28))
    assert (summary.tickets, summary.since, summary.until) == (1, "2024-08-28", "2026-02-28")
