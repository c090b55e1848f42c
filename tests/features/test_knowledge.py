import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.article_ranking import RankingWeights
from features.article_signals import SIGNALS
from features.bm25 import TAIL_MAX
from features.knowledge import KnowledgeIndex
from tests.features.fake_encoder import WordEncoder
from triage.errors import ConflictError, IncompatibleBundleError, InputError
from triage.knowledge import Article
from triage.ticket import Ticket

FILED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ARTICLES = [
    Article("password", "Reset a forgotten password", "Open the portal and choose Forgotten password."),
    Article("paper", "Clear a paper jam", "Open the back door of the printer and pull the sheet."),
    Article("vpn", "Connect to the VPN from home", "Start the tunnel client first.", products=("VPN",)),
    Article("mail", "Move mail to a new computer", "Copy the profile folder.", products=("Mail", "Desktop")),
]
TICKET = Ticket("T-1", "Forgot my password", "I cannot sign in to the portal", created_at=FILED)


@pytest.fixture
def index() -> KnowledgeIndex:
    index = KnowledgeIndex(WordEncoder())
    index.put_all(ARTICLES)
    return index


def ids(suggestions) -> list[str]:
    return [suggestion.article_id for suggestion in suggestions]


def test_the_article_that_answers_comes_first_and_says_why(index):
    first, *others = index.suggest(TICKET)
    assert (first.article_id, first.title) == ("password", "Reset a forgotten password")
    kinds = {ground.kind: ground for ground in first.because}
    assert set(kinds) >= {"words", "meaning"}
    assert "password" in kinds["words"].examples
    assert all(ground.weight > 0 for ground in first.because)
    assert first.score > max(other.score for other in others)


def test_without_links_it_says_that_it_leans_on_text_alone(index):
    assert index.basis == "text"
    index.remember(Ticket("T-0", "Printer"), "paper", FILED)
    assert index.basis == "links"
    index.weights = replace(index.weights, learnt_from=7)
    assert index.basis == "learnt"


def test_scores_of_all_articles_sum_to_one(index):
    scores = [suggestion.score for suggestion in index.suggest(TICKET, limit=99)]
    assert len(scores) == len(ARTICLES)
    assert sum(scores) == pytest.approx(1.0)
    assert scores == sorted(scores, reverse=True)


def test_an_added_article_is_found_at_once(index):
    index.put(Article("sso", "Forgot password: single sign-on", "I cannot sign in to the portal"))
    assert ids(index.suggest(TICKET))[0] == "sso"


def test_a_replaced_article_is_found_by_its_new_words_only(index):
    index.put(Article("password", "Order lunch", "The canteen opens at noon."))
    assert len(index) == len(ARTICLES)
    assert ids(index.suggest(TICKET))[0] != "password"
    assert ids(index.suggest(Ticket("", "When does the canteen open for lunch")))[0] == "password"


def test_a_withdrawn_article_never_appears_and_comes_back_with_its_links(index):
    for number in range(5):
        index.remember(Ticket(f"T-1{number}", TICKET.subject, TICKET.body), "vpn", FILED - timedelta(days=1))
    assert ids(index.suggest(TICKET))[0] == "vpn"
    assert index.withdraw("vpn")
    assert not index.withdraw("vpn")
    assert "vpn" not in ids(index.suggest(TICKET, limit=99))
    assert "vpn" not in index.article_ids
    index.put(ARTICLES[2])
    assert ids(index.suggest(TICKET))[0] == "vpn"


def test_what_colleagues_used_for_similar_tickets_moves_up(index):
    index.remember(
        Ticket("T-0", "Forgot password", "cannot sign in portal"), "vpn", FILED - timedelta(days=1)
    )
    first = index.suggest(TICKET)[0]
    assert first.article_id == "vpn"
    assert ("links", ("T-0",)) in [(ground.kind, ground.examples) for ground in first.because]


def test_links_known_only_later_and_the_tickets_own_do_not_count(index):
    before = index.suggest(TICKET)
    index.remember(Ticket("T-0", TICKET.subject, TICKET.body), "vpn", FILED + timedelta(minutes=1))
    index.remember(TICKET, "vpn", FILED - timedelta(days=1))
    assert index.suggest(TICKET) == before
    assert ids(index.suggest(TICKET, moment=FILED + timedelta(hours=1)))[0] == "vpn"


def test_an_article_for_the_tickets_product_is_preferred():
    index = KnowledgeIndex(WordEncoder())
    index.put_all(
        [replace(ARTICLES[0], article_id=name, products=(name,)) for name in ("Desktop", "Mobile", "Web")]
    )
    assert ids(index.suggest(replace(TICKET, product="mobile")))[0] == "Mobile"
    assert ids(index.suggest(TICKET))[0] == "Desktop"


def test_equal_articles_come_in_the_order_of_their_ids():
    names = [f"article-{number:02}" for number in range(23)]
    index = KnowledgeIndex(WordEncoder())
    index.put_all([replace(ARTICLES[0], article_id=name) for name in reversed(names)])
    assert ids(index.suggest(TICKET, limit=23)) == names
    assert ids(index.suggest(TICKET, limit=3)) == names[:3]
    index.put(replace(ARTICLES[0], article_id="article-05"))
    assert ids(index.suggest(TICKET, limit=23)) == names


def test_many_tickets_get_what_each_gets_alone(index):
    tickets = [TICKET, Ticket("", ""), Ticket("T-3", "printer " * 500), replace(TICKET, product="VPN")]
    assert index.suggest_many(tickets, 3) == [index.suggest(ticket, 3) for ticket in tickets]


def test_an_empty_index_suggests_nothing_and_an_empty_ticket_is_no_error(index):
    assert KnowledgeIndex(WordEncoder()).suggest(TICKET) == []
    assert len(index.suggest(Ticket("", ""))) == len(ARTICLES)


def test_a_limit_below_one_is_refused(index):
    with pytest.raises(InputError, match="limit=0"):
        index.suggest(TICKET, 0)


def test_a_link_of_an_unfiled_ticket_is_refused(index):
    with pytest.raises(InputError, match="without an id"):
        index.remember(Ticket("", "words"), "vpn", None)


def test_it_reads_from_a_file_with_mapped_arrays_and_answers_the_same(index, tmp_path):
    index.remember(Ticket("T-0", "Printer jam"), "paper", FILED - timedelta(days=1))
    expected = index.suggest(TICKET)
    joblib.dump(index, tmp_path / "knowledge.joblib")
    read = joblib.load(tmp_path / "knowledge.joblib", mmap_mode="r")
    with pytest.raises(ConflictError, match=r"open\(encoder\)"):
        read.suggest(TICKET)
    with pytest.raises(IncompatibleBundleError, match="fingerprint"):
        read.open(WordEncoder(32))
    read.open(WordEncoder())
    assert read.suggest(TICKET) == expected
    read.put(Article("sso", "Forgot password: single sign-on", "I cannot sign in to the portal"))
    read.remember(Ticket("T-9", "Other"), "mail", FILED)
    assert ids(read.suggest(TICKET))[0] == "sso"


def test_an_index_of_an_older_bundle_is_refused_in_words(index):
    state = index.__getstate__()
    for old in (state | {"version": 1}, {name: state[name] for name in ("fingerprint", "contents")}):
        with pytest.raises(IncompatibleBundleError, match="Train it again"):
            KnowledgeIndex.__new__(KnowledgeIndex).__setstate__(old)


def test_kept_embeddings_are_not_made_again(index):
    keys = {index.embedding_key(article): index.embed(article) for article in ARTICLES}
    encoder = WordEncoder()
    again = KnowledgeIndex(encoder)
    assert again.put_all(ARTICLES, keys) == {}
    assert encoder.encoded == []
    assert again.suggest(TICKET) == index.suggest(TICKET)
    edited = replace(ARTICLES[0], body="Ask the desk.")
    made = again.put_all([edited, *ARTICLES[1:]], keys)
    assert list(made) == [again.embedding_key(edited)]


def test_a_ticket_that_is_encoded_already_is_not_encoded_again():
    encoder = WordEncoder()
    index = KnowledgeIndex(encoder)
    index.put_all(ARTICLES)
    vector = encoder.encode([TICKET.text])[0]
    encoder.encoded.clear()
    with_vector = index.suggest(TICKET, vector=vector)
    assert encoder.encoded == []
    assert with_vector == index.suggest(TICKET)


@pytest.mark.parametrize("shape", [(0, 64), (64,), (2, 32)])
def test_an_embedding_of_the_wrong_shape_is_refused(index, shape):
    with pytest.raises(InputError, match=r"expected \(n_passages, 64\)"):
        index.put(ARTICLES[0], np.zeros(shape, dtype=np.float32))


def test_readers_are_served_while_articles_come_and_go(index):
    stop = threading.Event()
    problems: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                found = ids(index.suggest(TICKET, limit=999))
                assert set(ids_before) <= set(found)
        except BaseException as error:
            problems.append(error)

    ids_before = index.article_ids
    reader = threading.Thread(target=read)
    reader.start()
    for number in range(TAIL_MAX + 20):
        index.put(Article(f"new-{number}", f"Note {number}", "words"))
        if number % 2:
            index.withdraw(f"new-{number}")
    stop.set()
    reader.join()
    assert problems == []
    assert len(index) == len(ARTICLES) + (TAIL_MAX + 20) // 2


article_texts = st.text(alphabet="abc ", max_size=12)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ABCDE"), article_texts, st.booleans()), max_size=12),
    article_texts,
)
def test_however_it_came_about_the_same_articles_give_the_same_answer(changes, text):
    live = KnowledgeIndex(WordEncoder(16))
    now: dict[str, Article] = {}
    for article_id, words, goes in changes:
        if goes:
            live.withdraw(article_id)
            now.pop(article_id, None)
        else:
            now[article_id] = Article(article_id, words, words)
            live.put(now[article_id])
    fresh = KnowledgeIndex(WordEncoder(16))
    fresh.put_all(list(now.values()))
    ticket = Ticket("T", text)
    found, expected = live.suggest(ticket), fresh.suggest(ticket)
    assert ids(found) == ids(expected)
    assert [s.score for s in found] == pytest.approx([s.score for s in expected], abs=1e-5)


def test_weights_are_named_by_the_signals(index):
    assert len(index.weights.values) == len(SIGNALS)
    index.weights = RankingWeights((0.0,) * len(SIGNALS))
    assert ids(index.suggest(TICKET)) == sorted(article.article_id for article in ARTICLES)


def test_a_new_article_whose_title_is_the_question_leads_a_search_whatever_was_learnt(index):
    links_only = [5.0 if name in ("links", "nearest", "popular", "profile") else 0.0 for name in SIGNALS]
    index.weights = RankingWeights(tuple(links_only), learnt_from=400)
    for number in range(50):
        index.remember(Ticket(f"P-{number}", f"Insurance of printer {number}"), "paper", FILED)
    index.put(Article("bee", "Beehive insurance for the roof garden", "Ask the facility desk for the form."))
    assert ids(index.search("beehive insurance"))[0] == "bee"
    assert ids(index.search("beehive insurance for the roof garden", limit=1)) == ["bee"]
    assert ids(index.suggest(Ticket("", "beehive insurance")))[0] == "paper"


def test_a_search_still_prefers_what_people_used_among_articles_that_say_the_same(index):
    index.put(Article("again", "Clear a paper jam", "Open the back door of the printer and pull the sheet."))
    index.remember(Ticket("P-1", "paper jam"), "paper", FILED)
    assert ids(index.search("paper jam"))[:2] == ["paper", "again"]


def test_a_search_asks_for_at_least_one_article(index):
    with pytest.raises(InputError, match="limit=0"):
        index.search("paper", limit=0)


def test_four_dismissals_outweigh_three_uses_of_the_same_question(index):
    index.remember(Ticket("U-0", "Printer eats paper"), "password", FILED)  # links are known at all
    asked = replace(TICKET, ticket_id="", subject="Toner is low", body="")
    before = {one.article_id: one.score for one in index.suggest(asked)}
    for number in range(3):
        index.remember(replace(asked, ticket_id=f"U-{number + 1}"), "vpn", FILED)
    assert ids(index.suggest(asked))[0] == "vpn"
    for number in range(4):
        index.remember(replace(asked, ticket_id=f"D-{number}"), "vpn", FILED, dismissed=True)
    after = {one.article_id: one.score for one in index.suggest(asked)}
    assert after["vpn"] < before["vpn"] and min(after, key=after.get) == "vpn"
