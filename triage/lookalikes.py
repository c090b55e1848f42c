r"""Text as a person sees it: without invisible characters, and letters that look Latin as Latin ones.

For rules that look for words, so that `phi\u200bshing` or a Cyrillic letter in it does not slip by. Models do
not read this: Russian is not Latin to them.
"""

import re
import unicodedata

__all__ = ["as_seen"]

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff]"
)
"""Soft hyphens, joiners, directions, variation selectors."""

LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁԛԝѵьАВЕКМНОРСТХІЈЅԌαεικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡɩ",
    "aeopcyxijshdqwvbABEKMHOPCTXIJSGaeikvoptuxwABEZHIKMNOPTYXigi",
)
"""Cyrillic, Greek and Latin letters that are drawn as a Latin one (after Unicode TR 39, the common ones)."""


def as_seen(text: str) -> str:
    r"""Return a text by what it looks like.

    Parameters
    ----------
    text : str
        Any.

    Returns
    -------
    str
        In compatibility form (Unicode NFKC), nothing invisible, lookalikes as
        Latin letters. ASCII stays as it is.

    Examples
    --------
    >>> as_seen("рhi\u200bshing, ｆｕｌｌ")
    'phishing, full'
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).translate(LOOKALIKES)
