from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.helping.article_care import ArticleUse, articles_to_care_for, wilson
from triage.knowledge import Article

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def problem(use: ArticleUse, age_days: int = 500) -> str | None:
    article = Article("KB-1", "Old", "Text", updated_at=NOW - timedelta(days=age_days))
    found = articles_to_care_for([article], {"KB-1": use}, usual_reopened=0.1, now=NOW)
    return found[0].problem if found else None


@pytest.mark.parametrize(
    ("use", "age_days", "expected"),
    [
        (ArticleUse(), 500, "unused"),
        (ArticleUse(), 30, None),
        (ArticleUse(used=1), 500, None),
        (ArticleUse(used=1, dismissed=9), 30, "contradicted"),
        (ArticleUse(used=1, dismissed=2), 30, None),
        (ArticleUse(used=9, solved=9, reopened=6), 30, "contradicted"),
        (ArticleUse(used=9, solved=9, reopened=1), 30, None),
        (ArticleUse(used=2, dismissed=3, dismissed_lately=3), 500, "outdated"),
        (ArticleUse(used=2, dismissed=3, dismissed_lately=3), 300, None),
    ],
)
def test_an_article_needs_attention_only_where_that_is_sure(
    use: ArticleUse, age_days: int, expected: str | None
):
    assert problem(use, age_days) == expected


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_interval_holds_the_share(successes: int, more: int):
    cases = successes + more
    low, high = wilson(successes, cases)
    assert 0 <= low <= high <= 1
    assert successes or low == 0
    assert more or high == 1
    if cases:
        assert low - 1e-9 <= successes / cases <= high + 1e-9


def test_two_of_eleven_are_no_proof_and_neither_is_the_worst_of_many():
    two = {"KB-1": ArticleUse(used=11, solved=11, reopened=2)}
    article = Article("KB-1", "Old", "Text", updated_at=NOW)
    assert articles_to_care_for([article], two, usual_reopened=0.04, now=NOW) == ()
    # Once in fifty for one article alone.
    three = ArticleUse(used=20, solved=20, reopened=4)
    many = [Article(f"KB-{number}", "Old", "Text", updated_at=NOW) for number in range(68)]
    found = articles_to_care_for(many[:1], {"KB-0": three}, usual_reopened=0.05, now=NOW)
    assert [one.why for one in found] == [
        "4 of 20 tickets with it were reopened, more than chance explains; 5 % are usual."
    ]
    use = {one.article_id: ArticleUse(used=20, solved=20, reopened=1) for one in many} | {"KB-0": three}
    assert articles_to_care_for(many, use, usual_reopened=0.05, now=NOW) == ()
