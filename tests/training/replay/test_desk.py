from datetime import UTC, datetime, timedelta

from features.knowledge import KnowledgeIndex
from tests.features.fake_encoder import WordEncoder
from tests.training.replay.fixed_model import FixedModel
from training.replay.desk import TrainedDesk
from training.replay.timeline import Timeline
from triage.knowledge import Article, ArticleLink
from triage.policy import Policy
from triage.ticket import PastTicket, Ticket

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = Ticket("Q", "screen stays dark", created_at=NOW)


def desk(knowledge: KnowledgeIndex | None, model: FixedModel | None = None) -> TrainedDesk:
    return TrainedDesk(model or FixedModel(), "v1", NOW.timestamp(), Policy(), knowledge, limit=2)


def timeline() -> Timeline:
    dark = PastTicket(Ticket("T-1", "screen stays dark", created_at=NOW - timedelta(days=1)))
    return Timeline(
        [dark], [ArticleLink("T-1", "vpn")], [Article("lamp", "screen lamp dark", "", updated_at=NOW)]
    )


def test_links_and_articles_count_from_the_moment_they_are_learnt():
    index = KnowledgeIndex(WordEncoder())
    index.put_all([Article("paper", "paper jam", "printer"), Article("vpn", "connect from home", "tunnel")])
    one = desk(index)
    labels, link, article = timeline().news(0, 3)
    (before,) = one.suggest([ASKED])
    one.learn(labels)
    one.learn(link)
    (linked,) = one.suggest([ASKED])
    assert before.scores != linked.scores and linked.article_ids[0] == "vpn"
    one.learn(article)
    (with_article,) = one.suggest([ASKED])
    assert "lamp" in with_article.article_ids and len(with_article.article_ids) == 2


def test_labels_go_to_the_model_and_without_articles_nothing_is_suggested():
    model = FixedModel()
    one = desk(None, model)
    for event in timeline().news(0, 3):
        one.learn(event)
    assert model.learnt == ["T-1"]
    assert one.suggest([ASKED]) is None
