"""The order of a scale, from what its labels say: words, or numbers beside or instead of them.

And where on a helpdesk's own scale of priorities one of ours lies.
"""

import re
from collections.abc import Iterable, Sequence

from triage.priority import PRIORITIES, rank

__all__ = ["place_on", "scale_of"]

WORDS: tuple[tuple[str, ...], ...] = (
    ("planning", "none", "lowest", "very low", "trivial", "informational"),
    ("low", "minor", "minimal", "individual", "single user", "not urgent"),
    ("medium", "moderate", "normal", "standard", "average", "department", "limited"),
    ("high", "major", "significant", "group", "important"),
    ("urgent", "critical", "highest", "very high", "severe", "extensive", "widespread", "organization"),
    ("blocker", "emergency", "outage"),
)
"""Words of the same step lie together, least first; those that helpdesks and trackers ship with."""

STEP = {word: step for step, words in enumerate(WORDS) for word in words}
NUMBER = re.compile(r"(?:^|[^\d])(\d{1,2})(?:$|[^\d])")


def scale_of(labels: Iterable[str]) -> tuple[str, ...] | None:
    """Return labels from least to most; None where they do not tell.

    Words go before numbers. Numbers alone (``1``, ``P1``, ``Sev 2``) fall in weight as ITIL counts: 1 is the
    gravest. Where the words beside the numbers tell (``3 - High``), the words decide.

    Parameters
    ----------
    labels : iterable of str
        At least two different ones, else None.

    Examples
    --------
    >>> scale_of(["2 - Medium", "1 - High", "3 - Low"])
    ('3 - Low', '2 - Medium', '1 - High')
    >>> scale_of(["P1", "P2"]), scale_of(["desk", "web"])
    (('P2', 'P1'), None)
    """
    found = sorted(set(labels))
    if len(found) < 2:
        return None
    steps = [_step(one) for one in found]
    ordered = _ordered(found, steps)
    if ordered is None:
        numbers = [_number(one) for one in found]
        ordered = _ordered(found, [None if one is None else -one for one in numbers])
    return ordered


def place_on(scale: Sequence[str], priority: str) -> int:
    """Return which place of a helpdesk's own scale of priorities one of ours stands for.

    The place of that name; where no label is called so but all tell their step in words, the least that is as
    grave, else the gravest; where they do not (``P1``), the place counted from the gravest. So a scale of
    five is folded onto our four as the default matrix folds it (ADR 0016).

    Parameters
    ----------
    scale : sequence of str
        Least first; one label or more.
    priority : str
        A label of the scale, or one of :data:`triage.priority.PRIORITIES`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> place_on(("Trivial", "Minor", "Major", "Critical", "Blocker"), "high")
    2
    >>> place_on(("P4", "P3", "P2", "P1"), "high"), place_on(("Low", "Medium", "High"), "urgent")
    (2, 2)
    """
    if priority in scale:
        return scale.index(priority)
    from_top = len(PRIORITIES) - 1 - rank(priority)
    last = len(scale) - 1
    steps = [_step(one) for one in scale]
    if None in steps:
        return max(0, last - from_top)
    return next((at for at, step in enumerate(steps) if (step or 0) >= STEP[priority]), last)


def _ordered(labels: Sequence[str], places: Sequence[int | None]) -> tuple[str, ...] | None:
    known = [place for place in places if place is not None]
    if len(known) < len(labels) or len(set(known)) < len(known):
        return None
    return tuple(label for _, label in sorted(zip(known, labels, strict=True)))


def _step(label: str) -> int | None:
    words = " ".join(re.findall(r"[a-z]+", label.casefold()))
    return STEP.get(words)


def _number(label: str) -> int | None:
    found = NUMBER.findall(label)
    return int(found[0]) if len(found) == 1 else None
