"""The priority scale. A source's own value is kept beside it, never lost."""

__all__ = ["PRIORITIES", "rank"]

PRIORITIES: tuple[str, ...] = ("low", "normal", "high", "urgent")
"""From least to most urgent."""


def rank(priority: str) -> int:
    """Return the place of a priority on the scale, 0 for ``low``.

    Parameters
    ----------
    priority : str
        One of :data:`PRIORITIES`.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the value is not on the scale.

    Examples
    --------
    >>> rank("urgent") > rank("high")
    True
    """
    if priority not in PRIORITIES:
        raise ValueError(f"Got priority {priority!r}; expected one of {', '.join(PRIORITIES)}.")
    return PRIORITIES.index(priority)
