import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.learnt_languages import LearntLanguages

FIELDS = ("category", "team")
CODES = st.sampled_from(["en", "de", "ja", "no", "da", "hr", "sr"])


def test_a_language_that_was_never_learnt_is_unsupported_for_every_field():
    assert LearntLanguages({"en": 500}).unsupported("ja", FIELDS) == set(FIELDS)


def test_a_language_that_broke_a_promise_is_unsupported_for_that_field_alone():
    learnt = LearntLanguages({"en": 500, "de": 60}, {"de": frozenset({"team"})})
    assert learnt.unsupported("de", FIELDS) == {"team"}
    assert learnt.unsupported("en", FIELDS) == set()


@pytest.mark.parametrize(("learnt", "written"), [("no", "da"), ("nb", "nn"), ("hr", "sr"), ("id", "ms")])
def test_languages_that_a_detector_mixes_up_stand_in_for_each_other(learnt, written):
    assert LearntLanguages({learnt: 50}).unsupported(written, FIELDS) == set()


@given(st.dictionaries(CODES, st.integers(1, 900)), st.one_of(st.none(), CODES))
def test_nothing_is_held_against_a_ticket_whose_language_or_whose_history_is_unknown(tickets, language):
    assert LearntLanguages(tickets).unsupported(None, FIELDS) == set()
    assert LearntLanguages({}).unsupported(language, FIELDS) == set()
    for learnt in tickets:
        assert LearntLanguages(tickets).unsupported(learnt, FIELDS) == set()
