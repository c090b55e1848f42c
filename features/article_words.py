"""The words that articles are searched by: lower case, plural endings taken off.

A search vocabulary of its own: fewer distinctions than the words view of classification needs.
"""

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["count_words", "search_words"]

_WORD = re.compile(r"[^\W_]{2,}")
MAX_CHARS = 50_000


def search_words(text: str) -> list[str]:
    """Return the words of a text, in order, as they are searched.

    Only the first 50,000 characters count. Plural endings go by the three rules of the S-stemmer
    (Harman 1991, "How effective is suffixing?", Journal of the ASIS 42:1).

    Examples
    --------
    >>> search_words("Replies: passwords, e-mail addresses, status!")
    ['reply', 'password', 'mail', 'addresse', 'status']
    """
    return [_stem(word) for word in _WORD.findall(text[:MAX_CHARS].casefold())]


def count_words(texts: Iterable[tuple[str, int]]) -> Counter[str]:
    """Count the search words of texts, each with the weight that one of its words has."""
    counts: Counter[str] = Counter()
    for text, weight in texts:
        for word in search_words(text):
            counts[word] += weight
    return counts


def _stem(word: str) -> str:
    if len(word) < 4 or not word.endswith("s"):
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if not word.endswith(("us", "ss")):
        return word[:-1]
    return word
