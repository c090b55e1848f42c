"""Near-identical replies found among many, and the places in which they differ.

Replies are compared by their tokens with numbers, links, contacts and names in greetings masked. The most
typical reply of a group is its text; a place is marked where members differ, and where it names somebody.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from features.cleaning import clean
from features.redaction import MARKS, redact
from triage.helping.template import Placeholder

__all__ = ["ReplyGroup", "fill_marks", "group_replies"]

MAX_TOKENS = 400
ALIKE = 0.6
"""Share of pairs of neighbouring tokens in common from which two replies may be one text filled in twice."""
SAME = 0.75
"""Share of tokens that must stay in their place."""
LONGEST_GAP = 8
"""Tokens in a place to fill in; where members differ by more, they are different texts."""
EXAMPLES = 3
GREETING = re.compile(
    r"(?im)^((?:hi|hello|hey|dear|hallo|liebe[rs]?|guten tag|bonjour|hola)\s{1,3})"
    r"([^\W\d_][^\s,!.:]{0,40}(?:\s[A-ZÀ-Ý][^\s,!.:]{0,40}){0,2})(?=\s{0,2}[,!.:\n])"
)
SIGNING = re.compile(
    r"(?i)(\b(?:regards|best|cheers|thanks|wishes|gr[uü](?:ss|ß)e|mfg|cordialement)[,.!]?\s{1,3})"
    r"(?-i:([A-ZÀ-Ý][^\W\d_]{1,30}(?:[ ][A-ZÀ-Ý][^\W\d_]{1,30}){0,2}))\s{0,5}\Z"
)
PROPER = re.compile(r"[A-ZÀ-Ý][\w'’\-]{1,30}(?: [A-ZÀ-Ý][\w'’\-]{1,30}){0,2}")
NOBODY = frozenset({"all", "there", "everyone", "everybody", "team", "again", "zusammen", "and"})
LINK = re.compile(r"https?://[^\s<>\"']{1,500}")
TOKEN = re.compile(
    r"\{(?:name|number|link|contact|text)(?: \d{1,3})?\}|https?://[^\s<>\"']{0,499}[^\s<>\"'.,;:!?)\]]|\[(?:email|phone|card|iban|ip|token)\]|"
    r"\d[\d.,:/\-]*\d|\w+|\n|[^\w\s]"
)
NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class ReplyGroup:
    """One text that was sent several times, or once.

    Parameters
    ----------
    reply_id : str
        From the text.
    text : str
        With marks.
    placeholders : tuple of Placeholder
        In order.
    members : tuple of int
        Places of the replies given, in their order.
    """

    reply_id: str
    text: str
    placeholders: tuple[Placeholder, ...]
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    tokens: tuple[tuple[str, int, int], ...]
    masked: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    text: str


def group_replies(texts: Sequence[str]) -> list[ReplyGroup]:
    """Group replies that are the same text with other fillings; empty ones are left out.

    Parameters
    ----------
    texts : sequence of str
        As sent; the first of a group is most typical where nothing else tells, so give the nearest first.

    Returns
    -------
    list of ReplyGroup
        In the order of their first members. Groups share no member, whatever the order of replies.

    Examples
    --------
    >>> one, = group_replies(["Hi Ada, your ticket 17 is closed.", "Hi Bob, your ticket 23 is closed."])
    >>> one.text
    'Hi {name}, your ticket {number} is closed.'
    """
    read = [_read(text) for text in texts]
    groups: list[list[int]] = []
    for place, one in enumerate(read):
        if not one.masked:
            continue
        home = next((group for group in groups if _are_alike(read[group[0]], one)), None)
        if home is None:
            groups.append([place])
        else:
            home.append(place)
    return [_template(read, members) for members in groups]


def fill_marks(group: ReplyGroup, text: str) -> bool:
    """Tell whether a text is the group's, filled in: for recognising a macro."""
    return _are_alike(_read(group.text), _read(text))


def _read(text: str) -> _Read:
    plain = SIGNING.sub(r"\1{name}", GREETING.sub(_without_name, redact(clean(text))))
    tokens = tuple((found.group(), found.start(), found.end()) for found in TOKEN.finditer(plain))[
        :MAX_TOKENS
    ]
    masked = tuple(_mask(token) for token, _, _ in tokens)
    if tokens:
        plain = plain[: tokens[-1][2]]
    words = [one for one in masked if one != "\n"]
    return _Read(tokens, masked, frozenset(zip(words, words[1:] or words, strict=False)), plain)


def _without_name(found: re.Match[str]) -> str:
    greeting, name = found.groups()
    return found.group() if name.split()[0].casefold() in NOBODY else f"{greeting}{{name}}"


def _mask(token: str) -> str:
    kind = _kind_of(token)
    return f"<{kind}>" if kind != "text" else token.casefold()


def _kind_of(token: str) -> str:
    if token[0] == "{" and len(token) > 1:
        return token.strip("{}").split()[0]
    if token in MARKS:
        return "contact"
    if LINK.match(token):
        return "link"
    return "number" if NUMBER.match(token) else "text"


def _is_mark(token: str) -> bool:
    """Tell whether something is to be filled in here, whether or not others differ."""
    return token in MARKS or (token[0] == "{" and len(token) > 1)


def _are_alike(one: _Read, other: _Read) -> bool:
    if one.masked == other.masked:
        return True
    if not one.pairs or not other.pairs:
        return False
    common = len(one.pairs & other.pairs)
    if common < ALIKE * len(one.pairs | other.pairs):
        return False
    matched = SequenceMatcher(None, one.masked, other.masked, autojunk=False)
    same = sum(block.size for block in matched.get_matching_blocks())
    gaps = [max(tag[2] - tag[1], tag[4] - tag[3]) for tag in matched.get_opcodes() if tag[0] != "equal"]
    return same >= SAME * max(len(one.masked), len(other.masked)) and max(gaps, default=0) <= LONGEST_GAP


def _template(read: Sequence[_Read], members: Sequence[int]) -> ReplyGroup:
    # The wording that most members have; of equally frequent ones the first.
    wordings = Counter(read[place].masked for place in members)
    typical = max(members, key=lambda place: (wordings[read[place].masked], -place))
    base = read[typical]
    differs, fillings = _differing(base, [read[place] for place in members])
    text, placeholders = _marked(base, differs, fillings)
    digest = hashlib.sha256(text.casefold().encode("utf-8", "replace")).hexdigest()[:24]
    return ReplyGroup(digest, text, placeholders, tuple(members))


def _differing(base: _Read, members: Sequence[_Read]) -> tuple[list[bool], list[list[str]]]:
    """Say of every token of the base whether members differ there, and what stood in its place."""
    differs = [_is_mark(token) for token, _, _ in base.tokens]
    fillings: list[list[str]] = [[token] for token, _, _ in base.tokens]
    for one in members:
        if one is base:
            continue
        matched = SequenceMatcher(None, base.masked, one.masked, autojunk=False)
        for tag, start, end, their_start, their_end in matched.get_opcodes():
            if tag == "equal":
                for at, there in zip(range(start, end), range(their_start, their_end), strict=True):
                    mine, theirs = base.tokens[at][0], one.tokens[there][0]
                    if mine.casefold() != theirs.casefold():
                        differs[at] = True
                        fillings[at].append(theirs)
            elif start < end:
                said = " ".join(token for token, _, _ in one.tokens[their_start:their_end] if token != "\n")
                for at in range(start, end):
                    differs[at] = True
                if said:
                    fillings[start].append(said)
    return differs, fillings


def _marked(
    base: _Read, differs: Sequence[bool], fillings: Sequence[Sequence[str]]
) -> tuple[str, tuple[Placeholder, ...]]:
    parts: list[str] = []
    placeholders: list[Placeholder] = []
    counts: Counter[str] = Counter()
    at, position = 0, 0
    while at < len(base.tokens):
        if not differs[at]:
            at += 1
            continue
        end = at + 1
        kind = _kind_of(base.tokens[at][0])
        # Neighbouring words that differ are one place to fill in; a number or a link is one by itself.
        while kind == "text" and end < len(base.tokens) and differs[end]:
            if _kind_of(base.tokens[end][0]) != "text":
                break
            end += 1
        start_char, end_char = base.tokens[at][1], base.tokens[end - 1][2]
        said = tuple(dict.fromkeys([base.text[start_char:end_char].strip(), *fillings[at][1:]]))
        if kind == "text" and all(PROPER.fullmatch(one) for one in said):
            kind = "name"
        counts[kind] += 1
        mark = f"{{{kind}}}" if counts[kind] == 1 else f"{{{kind} {counts[kind]}}}"
        parts += [base.text[position:start_char], mark]
        position = end_char
        examples = said[:EXAMPLES] if kind not in ("name", "contact") else ()
        placeholders.append(Placeholder(mark, kind, examples))
        at = end
    parts.append(base.text[position:])
    return "".join(parts), tuple(placeholders)
