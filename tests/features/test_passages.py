from hypothesis import given
from hypothesis import strategies as st

from features.passages import OVERLAP_WORDS, PASSAGE_WORDS, PASSAGES_MAX, content_hash, split_passages
from triage.knowledge import Article


def test_an_article_without_a_body_is_one_passage():
    assert split_passages(Article("A", "Title", "")) == ("Title",)


def test_parts_overlap_and_each_begins_with_the_title():
    body = " ".join(f"w{number}" for number in range(PASSAGE_WORDS + 50))
    head, first, second = split_passages(Article("A", "Title", body))
    assert head == "Title"
    assert first.startswith("Title\nw0 ")
    assert second.startswith(f"Title\nw{PASSAGE_WORDS - OVERLAP_WORDS} ")


def test_an_endless_article_has_a_bounded_number_of_passages():
    assert len(split_passages(Article("A", "Title", "word " * 1_000_000))) == PASSAGES_MAX


@given(st.integers(0, 1000))
def test_every_word_of_a_body_is_in_some_passage(size):
    body = [f"w{number}" for number in range(size)]
    passages = split_passages(Article("A", "Title", " ".join(body)))
    assert set(body) <= {word for passage in passages for word in passage.split()}


def test_the_content_hash_changes_with_every_part_that_is_searched():
    article = Article("A", "Title", "Body", summary="Short", topics=("t",))
    others = [
        Article("A", "Title2", "Body", summary="Short", topics=("t",)),
        Article("A", "Title", "Body2", summary="Short", topics=("t",)),
        Article("A", "Title", "Body", summary="Short2", topics=("t",)),
        Article("A", "Title", "Body", summary="Short", topics=()),
    ]
    assert len({content_hash(other) for other in [article, *others]}) == 5
    assert content_hash(article) == content_hash(
        Article("B", "Title", "Body", summary="Short", topics=("t",))
    )
