from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.features.fake_encoder import WordEncoder
from tests.trained import KEY, TARGETS, Trained
from training.config import TrainingConfig
from training.encoder.tuned_folder import ChosenEncoder
from training.history import read_articles, read_links
from training.replay.folder import ReplayFolder
from training.replay.run import replay
from training.replay.timeline import Timeline
from training.replay.trainer import BundleTrainer
from training.score import ScoreJob, prediction_table, score_chunks
from triage.bundle import Bundle
from triage.errors import ConfigurationError
from triage.knowledge import ArticleLink
from triage.policy import Policy
from triage.ticket import PastTicket

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
SETTINGS = TrainingConfig(targets=TARGETS, target_precision=0.6)


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> Path:
    """Models of these tests: the second replay from a moment finds the first one's."""
    return tmp_path_factory.mktemp("models")


def start_of(trained: Trained) -> datetime:
    return trained.later[0].ticket.created_at


def known_at_once(history: Sequence[PastTicket]) -> list[PastTicket]:
    return [replace(past, assigned_at=past.ticket.created_at) for past in history]


def never_known(later: Sequence[PastTicket]) -> list[PastTicket]:
    return [replace(past, assigned_at=NEVER) for past in later]


def replayed(
    trained: Trained, models: Path, folder: Path, later: Sequence[PastTicket]
) -> tuple[list[dict], list[dict]]:
    """Decisions and suggestions, trained once on what ``trained`` learnt from; no link comes later."""
    sample = trained.folder.parent / "sample"
    learnt = {past.ticket.ticket_id for past in trained.history}
    timeline = Timeline(
        [*known_at_once(trained.history), *later],
        [
            ArticleLink(one.ticket_id, one.article_id)
            for one in read_links(sample / "links.csv").links
            if one.ticket_id in learnt
        ],
        read_articles(sample / "articles.csv").articles[:12],
    )
    trainer = BundleTrainer(SETTINGS, Policy(), KEY, models, trained.cache, 1, True)
    with ReplayFolder(folder / "work", {}).opened() as work:
        replay(timeline, start_of(trained).timestamp(), None, trainer, work)
        work.gather(folder / "p.parquet")
        work.gather_suggestions(folder / "s.parquet")
    return (pq.read_table(folder / name).to_pylist() for name in ("p.parquet", "s.parquet"))


@pytest.mark.proof
def test_where_nothing_grows_it_decides_and_suggests_as_the_bundle_of_that_moment(
    trained: Trained, models: Path, tmp_path: Path
):
    decisions, suggestions = replayed(trained, models, tmp_path, never_known(trained.later))
    tickets = [past.ticket for past in trained.later]
    (scored,) = score_chunks([tickets], ScoreJob(trained.folder, KEY, Policy()))
    expected = prediction_table(scored, TARGETS).to_pylist()
    moment = start_of(trained)
    assert {one.pop("model_version") for one in decisions} == {f"replay-{moment:%Y%m%dT%H%M%S}"}
    assert {one.pop("model_version") for one in expected} == {"small"}
    assert decisions == expected
    of_that_moment = Bundle.load(models / f"replay-{moment:%Y%m%dT%H%M%S}", KEY).suggester
    assert of_that_moment.basis == "links"
    for ticket, row in zip(tickets, suggestions, strict=True):
        own = of_that_moment.suggest(ticket, 10)
        assert row["article_ids"] == [one.article_id for one in own]


@pytest.mark.proof
def test_labels_known_later_never_change_an_earlier_decision_and_known_ones_do(
    trained: Trained, models: Path, tmp_path: Path
):
    later = [
        replace(past, assigned_at=past.ticket.created_at + timedelta(minutes=5)) for past in trained.later
    ]
    half = len(later) // 2
    moment = later[half].ticket.created_at
    other = {"category": "hardware", "priority": "urgent", "team": "Field"}
    changed = [one if one.assigned_at < moment else replace(one, labels=other) for one in later]
    found = {}
    for name, history in (("grown", later), ("changed", changed), ("still", never_known(later))):
        (tmp_path / name).mkdir()
        found[name], _ = replayed(trained, models, tmp_path / name, history)
    assert found["grown"][: half + 1] == found["changed"][: half + 1]
    assert found["grown"] != found["still"], "what became known since the training counts"


@pytest.mark.proof
def test_the_models_that_were_trained_before_are_removed(trained: Trained, models: Path, tmp_path: Path):
    replayed(trained, models, tmp_path, never_known(trained.later))
    assert [path.name for path in models.iterdir()] == [f"replay-{start_of(trained):%Y%m%dT%H%M%S}"]


def test_a_tuned_encoder_is_refused(tmp_path: Path, monkeypatch):
    tuned = ChosenEncoder(WordEncoder(), (), (), None, {"format": 1})
    monkeypatch.setattr("training.replay.trainer.open_encoder", lambda folder: tuned)
    settings = TrainingConfig(encoder="tuned")
    with pytest.raises(ConfigurationError, match="knows what became of them"):
        BundleTrainer(settings, Policy(), KEY, tmp_path, tmp_path, 1, False)
