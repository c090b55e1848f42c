"""Personal data taken out of a text that is shown to somebody else than who wrote it.

What has a form is found: mail addresses, phone numbers, card numbers (Luhn), IBANs (checksum), addresses of
the internet, keys and tokens. Names have none and stay. Every pattern is bounded, so that no text takes long.
Learning from texts does not go through here; a vocabulary is kept clean otherwise.
"""

import math
import re
from collections.abc import Callable
from ipaddress import ip_address
from itertools import accumulate

__all__ = ["MARKS", "redact"]

MARKS = ("[email]", "[phone]", "[card]", "[iban]", "[ip]", "[token]")
"""What stands in the place of what was taken out."""

EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
)
IBAN = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ \-]?[A-Z0-9]{2,4}){3,12}(?:[ \-]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
CARD = re.compile(r"(?<![0-9A-Za-z])[0-9](?:[ \-]?[0-9]){12,36}(?![0-9A-Za-z])")
IPV4 = re.compile(r"(?<![0-9A-Za-z.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9])")
IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:])")
PHONE = re.compile(r"(?<![0-9A-Za-z+./\-])(?:\+|00|\(?0)[0-9()](?:[ ./()\-]{0,2}[0-9]){5,13}(?![0-9A-Za-z])")
PLAIN_PHONE = re.compile(
    r"(?<![0-9A-Za-z+./\-])\(?[2-9][0-9]{2}\)?[ .\-][0-9]{3}[ .\-][0-9]{4}(?![0-9A-Za-z])"
)
KNOWN_TOKEN = re.compile(
    r"\b(?:(?:sk|pk|rk)[-_](?:live|test|proj)[-_][A-Za-z0-9_\-]{8,200}|gh[pousr]_[A-Za-z0-9]{20,200}|"
    r"github_pat_[A-Za-z0-9_]{20,200}|glpat-[A-Za-z0-9_\-]{16,200}|xox[abeoprs]-[A-Za-z0-9\-]{10,200}|"
    r"AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_\-]{30,60}|tk_[0-9a-f]{16}_[A-Za-z0-9_\-]{20,100}|"
    r"eyJ[A-Za-z0-9_\-]{8,2000}\.[A-Za-z0-9_\-]{8,2000}(?:\.[A-Za-z0-9_\-]{0,2000})?)"
)
SAID_SECRET = re.compile(
    r"(?i)\b((?:password|passwd|passwort|kennwort|pwd|pw|passphrase|pin|secret|api[ _\-]?key|"
    r"access[ _\-]?key|token)"
    r"[ \t]{0,3}(?:(?:is|ist)\b|=|:)[ \t]{0,3})([^\s\[\]]{4,200})"
)
NAMED_SECRET = re.compile(
    r"(?i)\b((?:password|passwd|passwort|kennwort|pwd|pw|passphrase|pin(?:[ \-]?code)?)[ \t]{1,3})"
    r"([^\s\[\]]{4,200})"
)
"""The value follows at once: only one that has a sign or a digit in it, as words have not."""
SECRET_LIKE = re.compile(r"[0-9]|[!#$%&*+=?@^~][^\s]|[^\s][!#$%&*+=?@^~]")
ENDINGS = ".,;:)\"'”’»"
LEAST_SECRET = 4
LONG_WORD = re.compile(r"(?<![A-Za-z0-9+/=_\-.])[A-Za-z0-9+/_\-]{24,400}={0,2}(?![A-Za-z0-9+/=_\-.])")

IBAN_START = re.compile("[A-Z]{2}[0-9]{2}")
SEPARATED = re.compile("([ \\-])")
MOST_GROUPS = 10
"""In which a number is written; of more only all together are tried."""
CARD_DIGITS = (13, 19)
IBAN_LENGTH = (15, 34)
"""Shortest and longest, ISO 13616."""
RANDOM_BITS = 3.5
"""Entropy a character from which a long word of letters and digits is taken for a key: words of languages and
paths of files lie below."""


def redact(text: str) -> str:
    """Return a text with marks in the place of what identifies somebody or opens something.

    Doing it twice changes nothing.

    Parameters
    ----------
    text : str
        Any text.

    Examples
    --------
    >>> redact("Write to ada@example.org or call +41 31 555 01 02 about 4111 1111 1111 1111.")
    'Write to [email] or call [phone] about [card].'
    >>> redact("Version 128.0.3 of 2025-03-01 asks 4 times, error 0x80070005.")
    'Version 128.0.3 of 2025-03-01 asks 4 times, error 0x80070005.'
    """
    text = EMAIL.sub("[email]", text)
    text = KNOWN_TOKEN.sub("[token]", text)
    text = SAID_SECRET.sub(_without_secret, text)
    text = NAMED_SECRET.sub(_without_named, text)
    text = _settled(IBAN, _within(_is_iban, "[iban]", IBAN_LENGTH), text)
    text = _settled(CARD, _within(_is_card, "[card]", CARD_DIGITS), text)
    text = IPV4.sub(_unless(_is_address, "[ip]"), text)
    text = IPV6.sub(_unless(_is_address, "[ip]"), text)
    text = PHONE.sub(_unless(_is_phone, "[phone]"), text)
    text = PLAIN_PHONE.sub("[phone]", text)
    return LONG_WORD.sub(_unless(_is_random, "[token]"), text)


def _settled(pattern: re.Pattern[str], replaced: Callable[[re.Match[str]], str], text: str) -> str:
    """Replace until nothing changes: of many numbers in a row a match may end within one."""
    while (again := pattern.sub(replaced, text)) != text:
        text = again
    return text


def _unless(is_one: Callable[[str], bool], mark: str) -> Callable[[re.Match[str]], str]:
    def replaced(found: re.Match[str]) -> str:
        return mark if is_one(found.group()) else found.group()

    return replaced


def _within(
    is_one: Callable[[str], bool], mark: str, sizes: tuple[int, int]
) -> Callable[[re.Match[str]], str]:
    """Replace stretches of groups that are one, the longest first: what stands beside it may look like more.

    ``sizes`` are the fewest and most letters and digits that one has.
    """

    def within(groups: list[str], gaps: list[str]) -> str:
        ends = list(accumulate(map(len, groups), initial=0))
        lengths = [len(groups), *range(min(len(groups) - 1, MOST_GROUPS), 0, -1)]
        for length in lengths:
            for start in range(len(groups) - length + 1):
                end = start + length
                if sizes[0] <= ends[end] - ends[start] <= sizes[1] and is_one("".join(groups[start:end])):
                    before = within(groups[:start], gaps[: start - 1]) + gaps[start - 1] if start else ""
                    after = gaps[end - 1] + within(groups[end:], gaps[end:]) if end < len(groups) else ""
                    return before + mark + after
        return "".join(part for pair in zip(groups, [*gaps, ""], strict=True) for part in pair)

    def replaced(found: re.Match[str]) -> str:
        parts = SEPARATED.split(found.group())
        return within(parts[::2], parts[1::2])

    return replaced


def _without_secret(found: re.Match[str]) -> str:
    said, value = found.groups()
    # "token: expired" tells a state; a secret has a digit or a sign in it, or is told with "=" or ":".
    is_plain = value.rstrip(".,;:!?").isalpha() and value.rstrip(".,;:!?").islower()
    return found.group() if is_plain else f"{said}[token]"


def _without_named(found: re.Match[str]) -> str:
    said, value = found.groups()
    bare = value.rstrip(ENDINGS)
    if len(bare) < LEAST_SECRET or not SECRET_LIKE.search(bare):
        return found.group()
    return f"{said}[token]{value[len(bare) :]}"


def _is_iban(given: str) -> bool:
    if not IBAN_START.match(given):
        return False
    turned = given[4:] + given[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97 == 1


def _is_card(given: str) -> bool:
    digits = [int(one) for one in given if one.isdigit()]
    if digits[0] == 0 or len(set(digits)) < 2:
        return False
    doubled = [one if place % 2 == 0 else sum(divmod(2 * one, 10)) for place, one in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


def _is_address(given: str) -> bool:
    try:
        address = ip_address(given)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def _is_phone(given: str) -> bool:
    digits = sum(one.isdigit() for one in given)
    return 7 <= digits <= 15


def _is_random(given: str) -> bool:
    has_both = any(one.isdigit() for one in given) and any(one.isalpha() for one in given)
    if not has_both:
        return False
    counts = [given.count(one) for one in set(given)]
    bits = -sum(count / len(given) * math.log2(count / len(given)) for count in counts)
    return bits >= RANDOM_BITS and given.count("/") < 2 and given.count("-") < 6
