"""Slips of the finger: a neighbouring key, two letters swapped, one lost, one doubled."""

import re

from training.sample.draws import Draws

_ADDRESS = re.compile(r"\S+@\S+")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    found: dict[str, str] = {}
    for row, keys in enumerate(_ROWS):
        for column, key in enumerate(keys):
            near = keys[max(column - 1, 0) : column] + keys[column + 1 : column + 2]
            # Each row sits half a key to the right of the row above it.
            if row > 0:
                near += _ROWS[row - 1][column : column + 2]
            if row + 1 < len(_ROWS):
                near += _ROWS[row + 1][max(column - 1, 0) : column + 1]
            found[key] = near
    return found


NEIGHBOURS = _neighbours()
"""The keys that touch each key of a QWERTY keyboard."""


def add_typos(text: str, rate: float, draws: Draws) -> str:
    """Return the text as typed by somebody who slips.

    Parameters
    ----------
    text : str
    rate : float
        Slips per character, 0 to 1; only letters a-z are hit, and none in an e-mail address: a slip in
        ``example.com`` could name somebody's real domain.
    draws : Draws

    Returns
    -------
    str
    """
    slips = int(rate * len(text) + draws.uniform())
    if not slips or len(text) < 4:
        return text
    letters = list(text)
    spared = {place for address in _ADDRESS.finditer(text) for place in range(*address.span())}
    for _ in range(slips):
        at = draws.index(len(letters) - 1)
        letter = letters[at]
        if letter not in NEIGHBOURS or at in spared:
            continue
        kind = draws.uniform()
        if kind < 0.4:
            letters[at] = draws.pick(NEIGHBOURS[letter])
        elif kind < 0.7 and letters[at + 1] in NEIGHBOURS:
            letters[at], letters[at + 1] = letters[at + 1], letter
        elif kind < 0.85:
            letters[at] = ""
        else:
            letters[at] = letter * 2
    return "".join(letters)
