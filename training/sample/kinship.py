"""Which templates go together: the subject and the resolution that speak of what the problem speaks of.

It compares words, no more; a template without a word in common can still be drawn, as on a real desk.
"""

import re
from functools import lru_cache

from training.sample.draws import Weighted

_SLOT = re.compile(r"\{\w+\}")
_WORD = re.compile(r"[a-z]{4,}")
_STEM_CHARS = 5
_SHARED_WORD_WEIGHT = 20.0
_COMMON = frozenset(
    """after again also been does each every from have here into more nobody only that their them then there
    they this were what when where which will with your""".split()
)


@lru_cache(maxsize=8192)
def kindred(problem: str, options: tuple[str, ...]) -> Weighted[str]:
    """Weigh templates by how many words they share with a problem.

    Parameters
    ----------
    problem : str
        The template of the problem; with an empty one all options are equally likely.
    options : tuple of str
        Templates of subjects or resolutions; not empty.

    Returns
    -------
    Weighted of str
        Weight 1, and 20 more for each shared word; words count by their first five letters, slots do not.
    """
    words = _words(problem)
    return Weighted(options, [1.0 + _SHARED_WORD_WEIGHT * len(words & _words(option)) for option in options])


def _words(template: str) -> set[str]:
    return {
        word[:_STEM_CHARS] for word in _WORD.findall(_SLOT.sub(" ", template.lower())) if word not in _COMMON
    }
