"""A reply that agents use again and again, with the places that differ from ticket to ticket marked."""

from dataclasses import dataclass

__all__ = ["Placeholder", "ReplySuggestion"]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place to fill in.

    Parameters
    ----------
    mark : str
        As it stands in the text: ``{name}``, ``{number}``, ``{link}``, ``{contact}``, ``{text}``, numbered
        where there are several (``{number 2}``).
    kind : str
        ``name``, ``number``, ``link``, ``contact`` or ``text``.
    examples : tuple of str, default=()
        What stood there, at most three; never of names and contacts.
    """

    mark: str
    kind: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplySuggestion:
    """A reply to start from.

    Parameters
    ----------
    reply_id : str
        Names the text: the same text has the same id.
    text : str
        With marks where something is to be filled in.
    placeholders : tuple of Placeholder
        In the order of the text.
    source : str
        Where the text comes from: ``reply`` (agents sent it), ``resolution`` (written at closing), ``macro``.
    uses : int
        To how many of the similar tickets it was sent.
    share : float
        Its share among the similar tickets' replies, nearer ones counting more; 0 for an unused macro.
    ticket_ids : tuple of str
        Of the nearest tickets that got it, at most three.
    macro_id : str or None, default=None
        The macro that it is.
    """

    reply_id: str
    text: str
    placeholders: tuple[Placeholder, ...]
    source: str
    uses: int
    share: float
    ticket_ids: tuple[str, ...]
    macro_id: str | None = None
