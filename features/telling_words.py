"""Which words and phrases set some tickets apart from the others: for names and titles.

A word counts once a ticket. Phrases are two words that stand side by side in a subject.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from features.article_words import search_words
from features.stop_words import stop_words

__all__ = ["Telling", "TermCounts", "Terms", "read_terms", "telling_terms"]

LEAST_CHARS = 3
LEAST_SHARE = 0.15
"""A word stands for a group if so many of its tickets have it; a phrase if half as many have it."""
LEAST_TICKETS = 2
LEAST_SURPRISE = 2.0
PRIOR = 10.0
"""Tickets' worth of the usual share that a word is taken to have in any group until more is seen."""
PHRASE = 0.5
"""A phrase takes the place of its words where its surprise is so large a part of the larger one of theirs."""
_TOKEN = re.compile(r"[^\W_]+(?:['’`´][^\W_]+)*")
_SKIPPED = re.compile(r"\[[a-z]{2,9}\]|\b[a-z][a-z0-9+-]{1,20}://\S+|\b\w[\w-]{0,60}(?:\.\w[\w-]{0,60})+")
"""Marks of what was taken out, and names of files and servers."""
_APOSTROPHE = re.compile(r"['’`´]")
_ELIDED = frozenset("c d j l m n qu s t un all dall dell nell sull".split())
"""What French and Italian write before an apostrophe and the next word."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one ticket says, each once: as it is counted, and as it is written.

    Parameters
    ----------
    words : dict of str to str
        Small letters, no plural ending; no word shorter than three letters or with a digit.
    phrases : dict of tuple of str to str
        Two words that stand side by side in the subject.
    """

    words: dict[str, str]
    phrases: dict[tuple[str, str], str]

    def has(self, term: tuple[str, ...]) -> bool:
        """Whether a word, or a phrase, is among them."""
        return term[0] in self.words if len(term) == 1 else (term[0], term[1]) in self.phrases


class Telling(NamedTuple):
    """A word or phrase that tells: as it is counted, as most tickets write it, and how much it tells."""

    term: tuple[str, ...]
    form: str
    surprise: float


class TermCounts:
    """How many tickets have each word and phrase."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.phrases: Counter[tuple[str, str]] = Counter()
        self.tickets = 0

    @classmethod
    def of(cls, tickets: Sequence[Terms]) -> "TermCounts":
        """Count some tickets."""
        counts = cls()
        for one in tickets:
            counts.words.update(one.words.keys())
            counts.phrases.update(one.phrases.keys())
        counts.tickets = len(tickets)
        return counts


def read_terms(subject: str, body: str) -> Terms:
    """Read what a ticket says; both texts cleaned.

    Examples
    --------
    >>> read_terms("Calendar doesn't sync", "my calendars").words
    {'calendar': 'calendar', 'doesnt': "doesn't", 'sync': 'sync'}
    >>> list(read_terms("Calendar sync fails", "").phrases.values())
    ['calendar sync', 'sync fails']
    """
    words: dict[str, str] = {}
    phrases: dict[tuple[str, str], str] = {}
    before: tuple[str, str] | None = None
    end = -1
    subject, body = (_SKIPPED.sub(" | ", text.casefold()) for text in (subject, body))
    for found in _TOKEN.finditer(subject):
        token = _counted(found[0])
        if token is not None:
            words.setdefault(*token)
            # Only what nothing but a space parts is a phrase: "error: calendar" is none.
            if before is not None and subject[end : found.start()].isspace():
                phrases.setdefault((before[0], token[0]), f"{before[1]} {token[1]}")
        before, end = token, found.end()
    for found in _TOKEN.finditer(body):
        token = _counted(found[0])
        if token is not None:
            words.setdefault(*token)
    return Terms(words, phrases)


def telling_terms(
    members: Sequence[Terms],
    all_tickets: TermCounts,
    *,
    languages: Collection[str] = ("en",),
    unspoken: Collection[str] = (),
) -> tuple[Telling, ...]:
    """Return words and phrases that set tickets apart from the rest, the most telling first.

    The measure is the log-odds ratio with an informative Dirichlet prior, in standard deviations (Monroe,
    Colaresi and Quinn 2008, "Fightin' Words", Political Analysis 16:4), of shares of tickets: a word that is
    rare everywhere gets little for being there twice, one that all use gets nothing. A phrase takes the place
    of its words unless they tell far more.

    Parameters
    ----------
    members : sequence of Terms
        The tickets that shall be told apart.
    all_tickets : TermCounts
        Of all tickets, these among them.
    languages : collection of str, default=("en",)
        Codes of the languages that they are in: whose stop words say nothing.
    unspoken : collection of str, default=()
        Words, as they are counted, that say nothing either: names of products.
    """
    stops = frozenset(unspoken).union(*(_stops(one) for one in languages))
    own = TermCounts.of(members)
    words = {
        word: surprise
        for word, count in own.words.items()
        if word not in stops
        and count >= max(LEAST_TICKETS, LEAST_SHARE * own.tickets)
        and (surprise := _surprise(count, own.tickets, all_tickets.words[word], all_tickets.tickets))
        >= LEAST_SURPRISE
    }
    phrases = {
        pair: surprise
        for pair, count in own.phrases.items()
        if not stops.intersection(pair)
        and count >= max(LEAST_TICKETS, LEAST_SHARE / 2 * own.tickets)
        and (surprise := _surprise(count, own.tickets, all_tickets.phrases[pair], all_tickets.tickets))
        >= max(LEAST_SURPRISE, PHRASE * max(words.get(one, 0.0) for one in pair))
    }
    told: list[Telling] = []
    taken: set[str] = set()
    for pair, surprise in sorted(phrases.items(), key=lambda one: (-one[1], one[0])):
        if taken.isdisjoint(pair):
            taken.update(pair)
            forms = [one.phrases[pair] for one in members if pair in one.phrases]
            told.append(Telling(pair, _written(forms), max(surprise, *(words.get(one, 0.0) for one in pair))))
    for word, surprise in words.items():
        if word not in taken:
            forms = [one.words[word] for one in members if word in one.words]
            told.append(Telling((word,), _written(forms), surprise))
    return tuple(sorted(told, key=lambda one: (-one.surprise, one.term)))


@cache
def _stops(language: str) -> frozenset[str]:
    """Return the stop words of a language as they are counted."""
    return frozenset(counted for one in stop_words(language) for counted in search_words(one))


def _counted(token: str) -> tuple[str, str] | None:
    head, *rest = _APOSTROPHE.split(token)
    if rest and head in _ELIDED:
        head, token, rest = "".join(rest), token[len(head) + 1 :], []
    # The possessive ("the user's profile") is not part of the word.
    if rest == ["s"]:
        token, rest = head, []
    plain = head + "".join(rest)
    if len(plain) < LEAST_CHARS or any(map(str.isdigit, plain)):
        return None
    (counted,) = search_words(plain) or [plain]
    return counted, token


def _surprise(count: int, size: int, everywhere: int, total: int) -> float:
    others, rest = everywhere - count, total - size
    prior = PRIOR * (everywhere + 0.5) / (total + 1)

    def log_odds(having: float, many: float) -> float:
        return math.log((having + prior) / (many + PRIOR - having - prior))

    spread = math.sqrt(1 / (count + prior) + 1 / (others + prior))
    return (log_odds(count, size) - log_odds(others, rest)) / spread if rest else math.inf


def _written(forms: Sequence[str]) -> str:
    (form, _), *_ = sorted(Counter(forms).items(), key=lambda one: (-one[1], one[0]))
    return form
