"""Names of people who are known, taken out of texts: where a directory names them, and nobody else's.

Names have no form to go by, so a text alone does not tell. Full names of the directory go wherever they
stand; a single name only of the person who writes, or beside a greeting or a farewell: "Mark" and "May" are
words. Goes through a text once, however long the directory.
"""

import re
from collections.abc import Iterable, Sequence

__all__ = ["NAME_MARK", "KnownNames"]

NAME_MARK = "[name]"
WORD = re.compile(r"[^\W\d_]{1,60}")
PART = re.compile(r"[^\W\d_]{2,60}")
LEAST_LETTERS = 3
"""Of a name that goes alone."""
JOINT = re.compile(r"[ \t]{1,2}|, ?|[.\-_]")
"""What may stand between the parts of a name; no full stop with a space behind it."""
NOBODY = frozenset(
    "admin administrator agent billing contact customer desk help helpdesk hotline info mail noreply office "
    "operations reply sales security service servicedesk support system team test user webmaster".split()
)
"""Parts of addresses that are no names."""
GREETINGS = frozenset("hi hello hey dear hallo liebe lieber moin servus bonjour cher chère hola".split())
FAREWELLS = frozenset(
    "regards thanks thank cheers best sincerely yours grüße gruß danke cordialement".split()
)


class KnownNames:
    """The names of a directory.

    Parameters
    ----------
    people : iterable of str
        As the helpdesk names them: ``Ada Lovelace``, ``lovelace, ada``, ``ada.lovelace@example.org``.

    Examples
    --------
    >>> names = KnownNames(["Ada Lovelace", "mark.page@example.org"])
    >>> names.redact("Hi Ada, mark the page for Mark Page.")
    'Hi [name], mark the page for [name].'
    >>> names.redact("This is Bob. Bob's laptop is slow.", "bob@example.org")
    "This is [name]. [name]'s laptop is slow."
    """

    def __init__(self, people: Iterable[str]) -> None:
        self.people = tuple(sorted(set(people)))
        self._full: dict[str, list[tuple[str, ...]]] = {}
        self._single: set[str] = set()
        for parts in map(_parts, self.people):
            _add(self._full, parts)
            self._single.update(one for one in parts if len(one) >= LEAST_LETTERS)

    def __reduce__(self) -> tuple[type["KnownNames"], tuple[tuple[str, ...]]]:
        """Be the same bytes whenever the people are the same."""
        return KnownNames, (self.people,)

    def redact(self, text: str, writer: str | None = None) -> str:
        """Return a text with ``[name]`` in the place of known names; doing it twice changes nothing.

        Parameters
        ----------
        text : str
            Any text.
        writer : str, optional
            Who wrote it: a single part of their name goes wherever it begins with a capital.
        """
        words = list(WORD.finditer(text))
        if not words:
            return text
        lower = [one.group().casefold() for one in words]
        own = () if not writer else _parts(writer)
        full = self._full
        if own:
            full = {**full}
            _add(full, own)
        mine = {one for one in own if len(one) >= LEAST_LETTERS}
        out, done, at = [], 0, 0
        while at < len(words):
            length = _full_at(text, words, lower, at, full) or self._is_single(text, words, lower, at, mine)
            if length:
                out += [text[done : words[at].start()], NAME_MARK]
                done = words[at + length - 1].end()
            at += length or 1
        return "".join(out) + text[done:]

    def _is_single(
        self, text: str, words: Sequence[re.Match[str]], lower: Sequence[str], at: int, mine: set[str]
    ) -> int:
        word = lower[at]
        if not words[at].group()[0].isupper() or _is_marked(text, words[at]):
            return 0
        if word in mine:
            return 1
        if word not in self._single or at == 0:
            return 0
        between = text[words[at - 1].end() : words[at].start()]
        greets = lower[at - 1] in GREETINGS and between.strip(" ,") == ""
        leaves = lower[at - 1] in FAREWELLS and ("," in between or "\n" in between)
        return int(greets or leaves)


def _parts(person: str) -> tuple[str, ...]:
    name, at, _ = person.partition("@")
    parts = tuple(one.casefold() for one in PART.findall(name))
    if any(one in NOBODY for one in parts):
        return ()
    # "lovelace, ada" is the same person.
    return parts[::-1] if not at and "," in name and len(parts) == 2 else parts


def _add(full: dict[str, list[tuple[str, ...]]], parts: tuple[str, ...]) -> None:
    if len(parts) < 2:
        return
    for order in {parts, parts[::-1]}:
        full[order[0]] = [*full.get(order[0], []), order]


def _full_at(
    text: str,
    words: Sequence[re.Match[str]],
    lower: Sequence[str],
    at: int,
    full: dict[str, list[tuple[str, ...]]],
) -> int:
    """Return of how many words the name is that begins at a word, 0 where none does."""
    for parts in full.get(lower[at], ()):
        end = at + len(parts)
        if tuple(lower[at:end]) == parts and all(
            JOINT.fullmatch(text, words[place].end(), words[place + 1].start())
            for place in range(at, end - 1)
        ):
            return len(parts)
    return 0


def _is_marked(text: str, word: re.Match[str]) -> bool:
    return text[word.start() - 1 : word.start()] == "[" and text[word.end() : word.end() + 1] == "]"
