from features.burst_words import BODY_WORDS, burst_words
from triage.ticket import Ticket


def test_words_are_counted_once_without_plural_and_kept_as_written():
    found = burst_words(Ticket("T", "Certificates, certificate", "The CERTIFICATE expired"))
    assert found == {"certificate": "certificates", "the": "the", "expired": "expired"}


def test_compounds_are_one_word_and_versions_stay():
    assert set(burst_words(Ticket("T", "Add-ons gone in 115.3", "addon"))) == {"addon", "gone", "115"}


def test_only_the_beginning_of_the_body_counts():
    body = " ".join(f"word{number:03d}x" for number in range(200))
    assert len(burst_words(Ticket("T", "", body))) == BODY_WORDS


def test_a_ticket_without_words_has_none():
    assert burst_words(Ticket("T", "?! a", "— 1")) == {}
