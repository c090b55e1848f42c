"""Ids that no address can name: ``.`` and ``..``.

Whoever asks for ``/v1/tickets/../close`` is at ``/v1/close`` before anything is sent: clients take both for
steps of the path, percent-encoded too (WHATWG URL; RFC 3986, section 5.2.4). As a part of an id (``A/../B``)
they can be named, with its slashes percent-encoded.
"""

__all__ = ["dots_problem"]

DOTS = (".", "..")


def dots_problem(name: str) -> str | None:
    """Return why nothing that has an address can have this id; None if it can.

    Examples
    --------
    >>> dots_problem("...") is None
    True
    >>> dots_problem("..")
    "Got an id of dots alone, a step of a path in any address; expected none of '.' and '..'."
    """
    if name in DOTS:
        return "Got an id of dots alone, a step of a path in any address; expected none of '.' and '..'."
    return None
