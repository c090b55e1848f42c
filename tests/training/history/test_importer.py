import pytest
from sqlalchemy import select

from tests.training.history.helpers import row, write_csv, write_jsonl
from training.history.importer import import_table
from training.history.mapping import Mapping
from triage.errors import ConflictError, HistoryError
from triage.store import schema
from triage.store.agents import list_agents
from triage.store.articles import iter_articles
from triage.store.imports import begin_import, list_imports
from triage.store.links import list_links
from triage.store.scope import Across
from triage.store.tickets import count_tickets, get_ticket, iter_past_tickets
from triage.store.workspaces import ensure_workspace, get_workspace

ROWS = [row(n % 40, subject=f"version {n}") for n in range(100)]


def stored(store, workspace: str = "default") -> list:
    return [past for chunk in iter_past_tickets(store, workspace) for past in chunk]


def tables(store) -> dict:
    """Everything that an import leaves, but for its identity and its times."""
    left = {}
    for table in (schema.tickets, schema.imports):
        columns = [c for c in table.columns if c.name not in ("import_id", "created_at", "updated_at")]
        with store.reading(Across.OPERATOR) as connection:
            left[table.name] = sorted(map(repr, connection.execute(select(*columns))))
    return left


class Interruption(Exception):
    pass


def interrupt_after(chunks: int):
    calls = iter(range(1_000_000))

    def stop(share: float) -> None:
        if next(calls) + 1 >= chunks:
            raise Interruption

    return stop


def test_the_last_row_of_an_id_is_what_the_store_holds(store, tmp_path):
    result = import_table(store, write_jsonl(tmp_path / "h.jsonl", ROWS), chunk_rows=7)
    assert (result.summary["accepted"], result.summary["replaced"]) == (100, 60)
    assert count_tickets(store, "default") == 40
    assert {past.ticket.subject for past in stored(store)} == {f"version {n}" for n in range(60, 100)}


def test_tickets_of_the_future_are_kept_and_told(store, tmp_path):
    rows = [*ROWS[:3], row(99, created_at="2099-01-05T08:00:00+00:00")]
    result = import_table(store, write_jsonl(tmp_path / "h.jsonl", rows))
    assert result.summary["accepted"] == 4
    assert [one for one in result.summary["notes"] if "filed after today" in one] == [
        "1 ticket is filed after today: kept, but not learnt from until created_at is corrected"
    ]


def test_repeating_a_finished_import_does_nothing_and_says_so(store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", ROWS)
    first = import_table(store, path)
    again = import_table(store, path)
    assert (first.was_finished, again.was_finished) == (False, True)
    assert again.summary == first.summary
    assert len(list_imports(store, "default")) == 1


def test_a_finished_file_can_be_imported_once_more_on_demand(store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", [row(1)])
    import_table(store, path)
    import_table(store, write_jsonl(tmp_path / "other.jsonl", [row(1, subject="other")]))
    assert not import_table(store, path, again=True).was_finished
    assert get_ticket(store, "default", "T-1").ticket.subject == "Printer 1"


@pytest.mark.parametrize("chunks", [1, 3, 14, 15])
def test_an_interrupted_import_goes_on_and_leaves_what_an_undisturbed_one_leaves(store, tmp_path, chunks):
    path = write_jsonl(tmp_path / "h.jsonl", [*ROWS, {"ticket_id": "T-broken"}])
    with pytest.raises(Interruption):
        import_table(store, path, chunk_rows=7, progress=interrupt_after(chunks))
    resumed = import_table(store, path, chunk_rows=7, rejects=tmp_path / "rejects.csv")
    assert resumed.resumed_from == min(7 * chunks, 101)
    after = tables(store)
    import_table(store, path, chunk_rows=7, again=True, rejects=tmp_path / "undisturbed.csv")
    assert tables(store) == after
    assert (tmp_path / "rejects.csv").read_text() == (tmp_path / "undisturbed.csv").read_text()


def test_an_interrupted_import_may_go_on_in_chunks_of_another_size(store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", ROWS)
    with pytest.raises(Interruption):
        import_table(store, path, chunk_rows=30, progress=interrupt_after(2))
    import_table(store, path, chunk_rows=7)
    assert {past.ticket.subject for past in stored(store)} == {f"version {n}" for n in range(60, 100)}


def test_the_same_file_read_otherwise_is_another_import(store, tmp_path):
    path = write_csv(tmp_path / "h.csv", "T-1,2026-07-01 10:00,a,b,c")
    import_table(store, path)
    result = import_table(store, path, zone="Europe/Berlin")
    assert not result.was_finished
    assert get_ticket(store, "default", "T-1").ticket.created_at.hour == 8


def test_times_without_zone_are_taken_in_the_zone_of_the_workspace(store, tmp_path):
    ensure_workspace(store, "acme", zone="Europe/Berlin")
    import_table(store, write_csv(tmp_path / "h.csv", "T-1,2026-07-01 10:00,a,b,c"), workspace="acme")
    assert get_ticket(store, "acme", "T-1").ticket.created_at.hour == 8


def test_a_new_workspace_takes_the_zone_given(store, tmp_path):
    path = write_csv(tmp_path / "h.csv", "T-1,2026-07-01 10:00,a,b,c")
    import_table(store, path, workspace="acme", zone="Asia/Tokyo")
    assert get_workspace(store, "acme").zone == "Asia/Tokyo"


def test_a_zone_that_was_told_stays_and_one_that_nobody_told_is_set_by_an_import(store, tmp_path):
    path = write_csv(tmp_path / "h.csv", "T-1,2026-07-01 10:00,a,b,c")
    import_table(store, path, workspace="acme")
    assert get_workspace(store, "acme").zone == "UTC"
    import_table(store, path, workspace="acme", zone="Asia/Tokyo")
    assert get_workspace(store, "acme").zone == "Asia/Tokyo"
    assert import_table(store, path, workspace="acme", zone="Asia/Tokyo").was_finished
    with pytest.raises(ConflictError, match="triage store zone UTC --workspace acme"):
        import_table(store, path, workspace="acme", zone="UTC")
    # A mapping tells the zone of its file, not the workspace's.
    import_table(store, path, workspace="acme", mapping=Mapping(zone="Europe/Berlin"))
    assert get_ticket(store, "acme", "T-1").ticket.created_at.hour == 8
    assert get_workspace(store, "acme").zone == "Asia/Tokyo"


def test_a_file_that_cannot_be_read_leaves_nothing_behind(store, tmp_path):
    with pytest.raises(HistoryError, match="without ticket_id"):
        import_table(store, write_csv(tmp_path / "h.csv", "x", header="a"), workspace="acme")
    assert list_imports(store, "acme") == []


def test_articles_links_and_agents_are_imported(store, tmp_path):
    import_table(
        store, write_csv(tmp_path / "a.csv", "A-1,Reset,Open.", header="article_id,title,body"), "articles"
    )
    import_table(store, write_csv(tmp_path / "l.csv", "T-1,A-1", header="ticket_id,article_id"), "links")
    import_table(store, write_csv(tmp_path / "g.csv", "ada,Network", header="agent,team"), "agents")
    assert [one.article.title for chunk in iter_articles(store, "default") for one in chunk] == ["Reset"]
    assert list_links(store, "default")[0].article_id == "A-1"
    assert list_agents(store, "default")[0].team == "Network"


def test_rows_of_one_agent_add_absences_however_far_apart_they_lie(store, tmp_path):
    lines = [
        "ada,Mail,vpn:3;dns,2026-03-02,2026-03-03,de;en,Asia/Tokyo,Desk,yes",
        "bob,,,,,,,,no",
        "ada,Network,vpn:2,2026-04-02,2026-04-03,de,,Desk,",
    ]
    header = "agent,team,skills,absent_from,absent_to,languages,zone,teams,active"
    result = import_table(store, write_csv(tmp_path / "g.csv", *lines, header=header), "agents", chunk_rows=1)
    ada, bob = list_agents(store, "default")
    assert (ada.team, ada.skills, ada.skill_levels, ada.languages) == (
        "Network",
        ("vpn",),
        {"vpn": 2},
        ("de",),
    )
    assert (ada.teams, ada.zone, ada.active, bob.active) == (("Desk",), None, True, False)
    assert [one.starts_at.month for one in ada.all_absences] == [4, 3]
    assert result.summary["replaced"] == 0


def test_agents_keep_what_the_table_has_no_column_for(store, tmp_path):
    known = write_csv(tmp_path / "g.csv", "ada,Mail,vpn:3,no", header="agent,team,skills,active")
    import_table(store, known, "agents")
    away = write_csv(tmp_path / "a.csv", "ada,2026-12-24,2026-12-26", header="agent,absent_from,absent_to")
    import_table(store, away, "agents")
    (ada,) = list_agents(store, "default")
    assert (ada.team, ada.level("vpn"), ada.active, len(ada.all_absences)) == ("Mail", 3, False, 1)


def test_an_absence_to_a_day_includes_it_and_one_to_a_time_does_not(store, tmp_path):
    ensure_workspace(store, "acme", zone="Europe/Berlin")
    lines = [
        "ada,2026-11-30,2026-11-30",
        "bob,30.11.2026,30.11.2026",
        "eve,2026-11-30T00:00+01:00,2026-12-01 00:00",
        "zoe,2026-03-28,2026-03-29",
    ]
    header = "agent,absent_from,absent_to"
    import_table(store, write_csv(tmp_path / "g.csv", *lines, header=header), "agents", workspace="acme")
    spans = {
        one.agent: (one.absent_from.isoformat()[:16], one.absent_to.isoformat()[:16])
        for one in list_agents(store, "acme")
    }
    that_day = ("2026-11-29T23:00", "2026-11-30T23:00")
    assert (spans["ada"], spans["bob"], spans["eve"]) == (that_day, that_day, that_day)
    assert spans["zoe"] == ("2026-03-27T23:00", "2026-03-29T22:00")


def test_an_agent_of_whom_it_is_not_clear_whether_they_left_is_refused(store, tmp_path):
    path = write_csv(tmp_path / "g.csv", "ada,perhaps", "bob,1", header="agent,active")
    result = import_table(store, path, "agents")
    assert result.summary["reasons"] == {
        "active is neither yes nor no (read are yes, y, true, 1, no, n, false, 0)": 1
    }
    assert [one.agent for one in list_agents(store, "default")] == ["bob"]


def test_an_absence_that_ends_before_it_begins_is_refused(store, tmp_path):
    lines = ["ada,2026-12-26,2026-12-24", "bob,2026-12-24,2026-12-24"]
    path = write_csv(tmp_path / "g.csv", *lines, header="agent,absent_from,absent_to")
    result = import_table(store, path, "agents")
    assert result.summary["reasons"] == {"absent_to lies before absent_from": 1}
    assert [one.agent for one in list_agents(store, "default")] == ["bob"]


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        (
            "agent,absent_from",
            "ada,after lunch",
            "absent_from cannot be read as a time between 1970 and 2100",
        ),
        ("agent,absent_to", "ada,soon", "absent_to cannot be read as a time between 1970 and 2100"),
        ("agent,skills", "ada,dns;vpn:-3", "skills has a level that is not a whole number from 1 to 99"),
        ("agent,skills", "ada,vpn:100", "skills has a level that is not a whole number from 1 to 99"),
    ],
)
def test_what_is_wrong_of_an_agent_is_refused_with_line_and_reason(store, tmp_path, header, row, reason):
    rejects = tmp_path / "rejects.csv"
    path = write_csv(tmp_path / "g.csv", row, "bob,", header=header)
    result = import_table(store, path, "agents", rejects=rejects)
    assert result.summary["reasons"] == {reason: 1}
    assert reason in rejects.read_text() and ",2," in f",{rejects.read_text()},".replace("\n", ",")
    assert [one.agent for one in list_agents(store, "default")] == ["bob"]


def test_a_blank_active_leaves_who_left_as_they_are_and_a_new_agent_is_active(store, tmp_path):
    header = "agent,team,active"
    import_table(store, write_csv(tmp_path / "g.csv", "ada,Mail,no", header=header), "agents")
    path = write_csv(
        tmp_path / "h.csv", "ada,Network,", "bob,Mail,no", "bob,Mail,", "new,Mail,", header=header
    )
    import_table(store, path, "agents")
    stands = {one.agent: (one.team, one.active) for one in list_agents(store, "default")}
    assert stands == {"ada": ("Network", False), "bob": ("Mail", False), "new": ("Mail", True)}


def test_languages_of_agents_become_codes(store, tmp_path):
    path = write_csv(tmp_path / "g.csv", "ada,Deutsch;en-GB;Elvish", header="agent,languages")
    import_table(store, path, "agents")
    assert list_agents(store, "default")[0].languages == ("de", "en", "elvish")


def test_volumes_have_no_place_in_the_store(store, tmp_path):
    with pytest.raises(HistoryError, match="'volumes'; expected one of history"):
        import_table(store, tmp_path / "v.csv", "volumes")


def test_two_imports_of_one_file_at_once_do_not_mix(store, tmp_path):
    path = write_jsonl(tmp_path / "h.jsonl", ROWS)

    def overtake(share: float) -> None:
        state = begin_import(store, "default", "history", list_imports(store, "default")[0].file_hash)
        if state.rows_done == 7:
            import_table(store, path, chunk_rows=7)

    with pytest.raises(ConflictError, match="another process"):
        import_table(store, path, chunk_rows=7, progress=overtake)
    assert list_imports(store, "default")[0].is_finished
