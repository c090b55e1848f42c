"""One code for a language, however people write it: ``de``, ``de_AT``, ``German``, ``Deutsch``.

Detects nothing: what language a text is in is :mod:`features.language`'s business.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from triage.language_names import LANGUAGE_NAMES

__all__ = ["language_code", "language_key", "language_keys", "primary_code"]

RENAMED = {"fil": "tl", "in": "id", "iw": "he", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no"}
"""Codes that ISO 639 withdrew, and two of which detection knows another: Bokmål and Filipino."""

CODE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
APART = re.compile(r"[-–(（,;/|]")
"""What a region or a second name stands behind: ``Português (Brasil)``, ``English - UK``."""


@lru_cache(maxsize=4_096)
def language_code(name: str) -> str | None:
    """Return the code that a helpdesk's own name of a language stands for, None when it is no language.

    Parameters
    ----------
    name : str
        A code, with or without a region, or the language's English name or its own, with or without accents.

    Returns
    -------
    str or None
        ISO 639 code without region, in lower case.

    Examples
    --------
    >>> language_code("en_US"), language_code("German"), language_code("Deutsch"), language_code("n/a")
    ('en', 'de', 'de', None)
    >>> language_code("Português (Brasil)")
    'pt'
    """
    plain = _plain(name)
    named = _CODES.get(plain)
    if named is not None:
        return named
    code = CODE.fullmatch(plain)
    return primary_code(code[1]) if code else _CODES.get(APART.split(plain)[0].strip())


@lru_cache(maxsize=4_096)
def language_key(name: str) -> str:
    """Return what two names of one language have in common: its code, else the name in lower case.

    Examples
    --------
    >>> language_key("Deutsch"), language_key(" Elvish ")
    ('de', 'elvish')
    """
    return language_code(name) or name.strip().casefold()


def language_keys(names: Iterable[str]) -> tuple[str, ...]:
    """Return what a person speaks, each language once and as :func:`language_key` has it.

    Examples
    --------
    >>> language_keys(["German", "en-GB", "Deutsch"])
    ('de', 'en')
    """
    return tuple(dict.fromkeys(key for name in names if (key := language_key(name))))


def primary_code(tag: str) -> str:
    """Return the code of a language tag without region and script, as ISO 639 has it today.

    Examples
    --------
    >>> primary_code("zh-Hant"), primary_code("iw")
    ('zh', 'he')
    """
    primary = re.split("[-_]", tag)[0].lower()
    return RENAMED.get(primary, primary)


def _plain(name: str) -> str:
    """Return a name in lower case without accents, which people leave out: ``francais``."""
    apart = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(one for one in apart if unicodedata.category(one) != "Mn")


_CODES = {_plain(name): code for code, names in LANGUAGE_NAMES.items() for name in names}
