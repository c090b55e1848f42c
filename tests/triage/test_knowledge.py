from triage.knowledge import Article


def test_the_text_of_an_article_joins_what_is_there():
    assert Article("A", "Title", "Body").text == "Title\nBody"
    assert Article("A", "Title", "Body", summary="Short").text == "Title\nShort\nBody"
