"""What of a ticket's words tells duplicates: all, those of the subject, and names in code and logs."""

import re
from collections import Counter
from dataclasses import dataclass

from features.article_words import search_words
from features.cleaning import clean
from triage.ticket import Ticket

__all__ = ["DuplicateWords", "read_words"]

BODY_CHARS = 6_000
"""Stack traces begin with what failed; what comes later is the same for everybody."""

SUBJECT_WEIGHT = 3
MOST_WORDS = 120
MOST_NAMES = 60
"""Words of a ticket that are looked up, those of the subject first."""

_JOINED = re.compile(r"\b\w*[a-z][A-Z]\w*\b")
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:[.#][A-Za-z_$][\w$]*)+|\b[A-Za-z]+[a-z][A-Z]\w*|\b\w+_\w+\b")


@dataclass(frozen=True, slots=True, eq=False)
class DuplicateWords:
    """Word counts of one ticket, in the order in which the words appear.

    ``everything`` counts the subject three times; ``names`` are class, method, setting and file names.
    """

    everything: Counter[str]
    subject: Counter[str]
    names: Counter[str]


def read_words(ticket: Ticket) -> DuplicateWords:
    """Return what of a ticket's words is compared; names joined by capitals count in parts too.

    Examples
    --------
    >>> found = read_words(Ticket("T-1", "NullPointerException in DataNode", "at org.acme.Node.run"))
    >>> sorted(found.names)
    ['datanode', 'nullpointerexception', 'org.acme.node.run']
    >>> found.subject["pointer"], found.everything["pointer"]
    (1, 3)
    """
    subject, body = clean(ticket.subject), clean(ticket.body)[:BODY_CHARS]
    in_subject, in_body = Counter(_words(subject)), Counter(_words(body))
    everything: Counter[str] = Counter()
    for word, count in in_subject.items():
        everything[word] = SUBJECT_WEIGHT * count
    everything.update(in_body)
    names = Counter(dict.fromkeys((one.lower() for one in _NAME.findall(f"{subject}\n{body}")), 1))
    return DuplicateWords(everything, in_subject, names)


def _words(text: str) -> list[str]:
    parts = [part.lower() for name in _JOINED.findall(text) for part in _PARTS.findall(name) if len(part) > 1]
    return search_words(text) + parts
