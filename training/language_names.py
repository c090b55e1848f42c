"""Writes ``triage/language_names.py`` anew: what languages are called, in English and in themselves.

``python -m training.language_names triage/language_names.py``. English names are CLD2's (``pycld2``),
own names Tornado's. A table that is written down spares the heart both libraries; a test holds it to them.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

import pycld2
from tornado.locale import LOCALE_NAMES  # type: ignore[attr-defined]

from triage.language import primary_code

__all__ = ["known_names", "written"]

NO_LANGUAGE = re.compile(r"(x_|ignore$|unknown$)")
"""How CLD2 calls scripts, jokes and what is no language, in lower case."""

HEAD = '''"""What languages are called, in English and in themselves. Made by ``training.language_names``."""

from collections.abc import Mapping

__all__ = ["LANGUAGE_NAMES"]

LANGUAGE_NAMES: Mapping[str, tuple[str, ...]] = {
'''


def known_names() -> dict[str, tuple[str, ...]]:
    """Return the names of each language by its code, in lower case, both in order."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, code in pycld2.LANGUAGES:
        plain = name.casefold().replace("_", " ")
        # CLD2 calls a language of Ghana GA, which is the code of Irish.
        if not NO_LANGUAGE.match(name.casefold()) and len(plain) > 2:
            found[primary_code(code)].add(plain)
    for code, names in LOCALE_NAMES.items():
        # A region in brackets is not part of the language's name.
        found[primary_code(code)].add(names["name"].partition("(")[0].strip().casefold())
    return {code: tuple(sorted(found[code])) for code in sorted(found)}


def written() -> str:
    """Return the module's text."""
    lines = []
    for code, names in known_names().items():
        listed = ", ".join(f'"{name}"' for name in names)
        lines.append(f'    "{code}": ({listed}{"," if len(names) == 1 else ""}),\n')
    return HEAD + "".join(lines) + "}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written(), encoding="utf-8")
