"""The words of a ticket that are counted to notice bursts: few, from its beginning, each once."""

import re
from collections.abc import Mapping
from functools import cache

from features.article_words import search_words
from features.cleaning import clean
from features.language import language_of
from features.stop_words import stop_words
from triage.ticket import Ticket

__all__ = ["burst_words", "telling_burst_words"]

BODY_WORDS = 60
"""People say in their first sentences what is wrong; later words are logs, thanks and hardware."""

CHANGES = frozenset({"update", "updated"})
"""Stop words of titles which tell much where something broke: what came before it."""

_TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_JOINT = re.compile(r"['’-]")
_READ = 20 * BODY_WORDS


def burst_words(ticket: Ticket) -> Mapping[str, str]:
    """Return the words of the subject and of the first 60 words of the body that count.

    Words joined by a hyphen are one word, and the same as written together. Words shorter than three letters
    are left out; numbers of two to four digits stay, since they tell versions and error codes, and are told
    apart by being digits.

    Returns
    -------
    Mapping of str to str
        The word as it is counted (small letters, no plural ending) and as the ticket first has it.

    Examples
    --------
    >>> burst_words(Ticket("T-1", "Add-ons disabled!", "My add-ons went. Version 66."))
    {'addon': 'add-ons', 'disabled': 'disabled', 'went': 'went', 'version': 'version', '66': '66'}
    """
    found: dict[str, str] = {}
    texts = (_TOKEN.findall(clean(ticket.subject)), _TOKEN.findall(clean(ticket.body[:_READ]))[:BODY_WORDS])
    for form in (token.casefold() for text in texts for token in text):
        if form.isdigit():
            if 2 <= len(form) <= 4:
                found.setdefault(form, form)
        elif len(form) >= 3:
            found.setdefault(_counted(form), form)
    return found


def telling_burst_words(ticket: Ticket, words: Mapping[str, str]) -> dict[str, str]:
    """Return those of a ticket's words that tell what it is about: no stop words of its language.

    A text too short to tell its language is taken for English.

    Parameters
    ----------
    ticket : Ticket
        Whose.
    words : Mapping of str to str
        See :func:`burst_words`.

    Examples
    --------
    >>> ticket = Ticket("T-1", "Please help, I can't print since the update")
    >>> list(telling_burst_words(ticket, burst_words(ticket)))
    ['print', 'update']
    """
    stops = _stops(language_of(ticket) or "en")
    return {word: form for word, form in words.items() if word not in stops}


@cache
def _stops(language: str) -> frozenset[str]:
    return frozenset(map(_counted, stop_words(language))) - CHANGES


def _counted(form: str) -> str:
    stems = search_words(_JOINT.sub("", form))
    return stems[0] if len(stems) == 1 else form
