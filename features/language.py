"""Which language a ticket is written in: what the helpdesk says, else what the text shows.

Detection is CLD2's (the library ``pycld2``; its tables lie inside the wheel). Chosen on Mozilla tickets over
py3langid, lingua and fastText's small model: the fewest English tickets called foreign, a tenth of their
memory or of their time (docs/log.md).
"""

import string
import unicodedata

import pycld2

from features.cleaning import clean_text
from triage.language import language_code, primary_code
from triage.ticket import Ticket

__all__ = ["LEAST_LETTERS", "LEAST_OTHER_LETTERS", "detect_language", "language_of"]

LEAST_LETTERS = 40
"""Letters of a Latin text below which no language is named. Of English Mozilla tickets cut to 20, 30, 40 and
60 characters CLD2 called 1.5 %, 0.9 %, 0.14 % and none foreign."""

LEAST_OTHER_LETTERS = 8
"""The same where most letters are not Latin: the script itself says most. Set by judgement."""

READ = 1_000
"""Characters read; more did not change what was found."""

NOBODY_KNOWS = "un"

SHOWN = dict.fromkeys((*range(32), 127), " ")
NO_LETTERS = dict.fromkeys(map(ord, string.ascii_letters))
"""Of ASCII: what becomes of control characters, and of letters when the others are counted."""


def language_of(ticket: Ticket, text: str | None = None) -> str | None:
    """Return the code of a ticket's language; None when it is neither given nor to be seen.

    Parameters
    ----------
    ticket : Ticket
        ``ticket.language`` wins where it names a language.
    text : str, optional
        Its cleaned text, where that is at hand already.

    Returns
    -------
    str or None
        ISO 639 code without region, in lower case: ``en``, ``pt``, ``zh``.

    Examples
    --------
    >>> language_of(Ticket("T-1", language="pt-BR"))
    'pt'
    """
    given = language_code(ticket.language) if ticket.language else None
    return given or detect_language(clean_text(ticket) if text is None else text)


def detect_language(text: str) -> str | None:
    """Return the code of the language that a text is written in.

    Parameters
    ----------
    text : str
        Cleaned; its first 1,000 characters are read.

    Returns
    -------
    str or None
        None when there are too few letters or CLD2 is not sure of one language.

    Examples
    --------
    >>> detect_language("Mein Drucker druckt seit heute Morgen keine einzige Seite mehr.")
    'de'
    >>> detect_language("VPN down") is None
    True
    """
    shown, letters, latin = _ascii(text[:READ]) if text.isascii() else _any(text[:READ])
    least = LEAST_LETTERS if 2 * latin > letters else LEAST_OTHER_LETTERS
    if letters < least:
        return None
    sure, _, found = pycld2.detect(shown)
    code = primary_code(found[0][1])
    return code if sure and code != NOBODY_KNOWS else None


def _ascii(text: str) -> tuple[str, int, int]:
    """Return what CLD2 can read of a text, and how many letters and Latin letters are in it."""
    shown = text.translate(SHOWN)
    letters = len(shown) - len(shown.translate(NO_LETTERS))
    return shown, letters, letters


def _any(text: str) -> tuple[str, int, int]:
    # CLD2 refuses control characters, lone surrogates and code points that nobody has assigned.
    shown = "".join(one if unicodedata.category(one) not in {"Cc", "Cs", "Cn"} else " " for one in text)
    letters = [one for one in shown if one.isalpha()]
    return shown, len(letters), sum(one < "\u0250" for one in letters)
