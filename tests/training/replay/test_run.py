from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.replay.fakes import FakeTrainer
from training.replay import run
from training.replay.folder import ReplayFolder
from training.replay.run import DAY_S, replay
from training.replay.timeline import Timeline
from triage.errors import InputError, TrainingError
from triage.knowledge import ArticleLink
from triage.ticket import PastTicket, Ticket

START = datetime(2026, 3, 2, tzinfo=UTC)
FROM = START + timedelta(days=3)


def days(number: float) -> datetime:
    return START + timedelta(days=number)


def past(number: int, filed: float, after: float | None = None, label: str = "vpn") -> PastTicket:
    assigned = None if after is None else days(filed + after)
    ticket = Ticket(f"T-{number}", "text", created_at=days(filed))
    return PastTicket(ticket, {"category": label}, assigned_at=assigned)


def desk_history() -> list[PastTicket]:
    return [past(number, number / 4, 0.6) for number in range(60)]


def replayed(
    folder: Path,
    history: list[PastTicket],
    links: tuple[ArticleLink, ...] = (),
    trainer: FakeTrainer | None = None,
    rhythm: float | None = 2 * DAY_S,
) -> dict[str, dict]:
    """What each ticket was decided by, and with which links."""
    chosen = trainer or FakeTrainer(suggests=True)
    timeline = Timeline(history, links)
    with ReplayFolder(folder / "work", {}).opened() as work:
        replay(timeline, FROM.timestamp(), rhythm, chosen, work)
        work.gather(folder / "p.parquet")
        work.gather_suggestions(folder / "s.parquet")
    rows = {one["ticket_id"]: one for one in pq.read_table(folder / "p.parquet").to_pylist()}
    for one in pq.read_table(folder / "s.parquet").to_pylist():
        rows[one["ticket_id"]]["article_ids"] = one["article_ids"]
    return rows


tickets = st.lists(
    st.tuples(
        st.integers(0, 40).map(lambda step: step / 4),
        st.one_of(st.none(), st.integers(-2, 30).map(lambda step: step / 4)),
    ),
    min_size=1,
    max_size=25,
).filter(lambda rows: any(filed >= 3 for filed, _ in rows))


@settings(deadline=None, max_examples=25)
@given(rows=tickets, rhythm=st.sampled_from([None, DAY_S, 2.5 * DAY_S]))
def test_a_ticket_is_decided_by_exactly_what_was_known_before_it(rows, rhythm, tmp_path_factory):
    history = [past(number, filed, after) for number, (filed, after) in enumerate(rows)]
    links = tuple(ArticleLink(one.ticket.ticket_id, "a") for one in history[::2])
    found = replayed(tmp_path_factory.mktemp("run"), history, links, rhythm=rhythm)
    assert set(found) == {one.ticket.ticket_id for one in history if one.ticket.created_at >= FROM}
    for one in history:
        if one.ticket.created_at < FROM:
            continue
        known = sorted(
            other.ticket.ticket_id
            for other in history
            if max(other.labels_known_at, other.ticket.created_at) < one.ticket.created_at
        )
        row = found[one.ticket.ticket_id]
        assert row["category_top"] == sorted(f"{name}=vpn" for name in known)
        linked = {link.ticket_id for link in links}
        assert row["article_ids"] == sorted(f"{name}=a" for name in known if name in linked)


@settings(deadline=None, max_examples=25)
@given(rows=tickets, cut=st.integers(12, 40).map(lambda step: step / 4))
def test_labels_and_links_that_became_known_later_change_nothing_before(rows, cut, tmp_path_factory):
    history = [past(number, filed, after) for number, (filed, after) in enumerate(rows)]
    links = tuple(ArticleLink(one.ticket.ticket_id, "a") for one in history)
    changed = [
        replace(one, labels={"category": "other"}, resolution="other")
        if one.labels_known_at >= days(cut)
        else one
        for one in history
    ]
    relinked = tuple(
        ArticleLink(one.ticket.ticket_id, "b" if one.labels_known_at >= days(cut) else "a") for one in history
    )
    before, after = (
        replayed(tmp_path_factory.mktemp("run"), one, some)
        for one, some in ((history, links), (changed, relinked))
    )
    for one in history:
        if FROM <= one.ticket.created_at <= days(cut):
            assert before[one.ticket.ticket_id] == after[one.ticket.ticket_id]


def test_models_are_trained_in_the_rhythm_asked_for_and_only_where_tickets_follow(tmp_path):
    history = [past(0, 0.0), past(1, 3.5), past(2, 3.6), past(3, 9.5), past(4, 10.5)]
    trainer = FakeTrainer()
    versions = [one["model_version"] for one in _plain(tmp_path, history, trainer, DAY_S).values()]
    moments = [FROM.timestamp() + day * DAY_S for day in (0, 6, 7)]
    assert trainer.asked == moments
    assert versions == [f"at-{moments[place]:.0f}" for place in (0, 0, 1, 2)]
    once = FakeTrainer()
    _plain(tmp_path, history, once, None)
    assert once.asked == [FROM.timestamp()]


def test_a_training_that_teaches_nothing_is_told_once_and_the_model_before_goes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PART", 2)
    bad = FROM.timestamp() + 2 * DAY_S
    trainer = FakeTrainer(untaught=[bad])
    folder = ReplayFolder(tmp_path / "work", {})
    with folder.opened():
        notes = replay(Timeline(desk_history()), FROM.timestamp(), 2 * DAY_S, trainer, folder)
        folder.gather(tmp_path / "p.parquet")
    assert notes.untaught == [f"nothing at {bad:.0f}"]
    assert trainer.asked.count(bad) == 1
    rows = {one["ticket_id"]: one for one in pq.read_table(tmp_path / "p.parquet").to_pylist()}
    in_bad_period = rows["T-22"]
    assert in_bad_period["model_version"] == f"at-{FROM.timestamp():.0f}"
    assert "T-17=vpn" in in_bad_period["category_top"]


def test_what_teaches_nothing_at_the_start_is_an_error(tmp_path):
    with pytest.raises(TrainingError):
        _plain(tmp_path, desk_history(), FakeTrainer(untaught=[FROM.timestamp()]), None)


def test_a_start_after_the_last_ticket_is_refused(tmp_path):
    with pytest.raises(InputError, match="Name an earlier day"):
        _plain(tmp_path, [past(0, 1.0)], FakeTrainer(), None)


@pytest.mark.parametrize("parts", [1, 3, 7])
def test_a_replay_that_was_cut_off_goes_on_and_gives_the_same(tmp_path, monkeypatch, parts):
    monkeypatch.setattr(run, "PART", 3)
    history = desk_history()
    links = tuple(ArticleLink(one.ticket.ticket_id, "a") for one in history[::3])
    (tmp_path / "whole").mkdir()
    whole = replayed(tmp_path / "whole", history, links)

    class Killed(BaseException):
        pass

    written: list[str] = []

    def write_and_die(folder: ReplayFolder, part: str, *results: object) -> None:
        if len(written) == parts:
            raise Killed
        written.append(part)
        original(folder, part, *results)

    original = ReplayFolder.write
    (tmp_path / "cut").mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(ReplayFolder, "write", write_and_die)
        with pytest.raises(Killed):
            replayed(tmp_path / "cut", history, links)
    (tmp_path / "cut" / "work" / "parts" / "half-written.draft").write_bytes(b"PAR1")
    again: list[str] = []
    monkeypatch.setattr(
        ReplayFolder,
        "write",
        lambda folder, part, *results: (again.append(part), original(folder, part, *results)),
    )
    assert replayed(tmp_path / "cut", history, links) == whole
    assert again and not set(again) & set(written)
    assert not (tmp_path / "cut" / "work").exists()


def _plain(folder: Path, history: list[PastTicket], trainer: FakeTrainer, rhythm: float | None) -> dict:
    with ReplayFolder(folder / "work", {}).opened() as work:
        replay(Timeline(history), FROM.timestamp(), rhythm, trainer, work)
        work.gather(folder / "p.parquet")
    return {one["ticket_id"]: one for one in pq.read_table(folder / "p.parquet").to_pylist()}
