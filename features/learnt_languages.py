"""Which languages a history had tickets in, and for which fields one of them broke the promise.

Fitted in ``training``; here it only says for which fields a ticket's language is unsupported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["LearntLanguages"]

KIN: Mapping[str, str] = {
    **dict.fromkeys(("nb", "nn", "no", "da"), "no"),
    **dict.fromkeys(("bs", "hr", "sr", "cnr"), "sr"),
    **dict.fromkeys(("id", "ms"), "ms"),
    **dict.fromkeys(("cs", "sk"), "cs"),
    **dict.fromkeys(("es", "gl"), "es"),
}
"""Languages so near to each other that a detector mistakes one for the other."""


@dataclass(frozen=True, slots=True)
class LearntLanguages:
    """The languages of a history.

    Parameters
    ----------
    tickets : Mapping of str to int
        Tickets by language code; only languages with enough of them. Empty when no ticket's language was
        known: then there is nothing to hold against any.
    broken : Mapping of str to frozenset of str
        By language code: the fields whose promise held-out tickets in it broke.
    """

    tickets: Mapping[str, int] = field(default_factory=dict)
    broken: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def unsupported(self, language: str | None, fields: Iterable[str]) -> frozenset[str]:
        """Return those of some fields that may not be decided for a ticket in a language.

        Parameters
        ----------
        language : str or None
            A code; None when nobody knows, which is never held against a ticket.
        fields : iterable of str
            The fields that a model predicts.

        Examples
        --------
        >>> learnt = LearntLanguages({"en": 900, "de": 40}, {"de": frozenset({"team"})})
        >>> sorted(learnt.unsupported("de", ["category", "team"])), sorted(learnt.unsupported("en", ["team"]))
        (['team'], [])
        >>> sorted(learnt.unsupported("ja", ["category", "team"]))
        ['category', 'team']
        """
        if language is None or not self.tickets:
            return frozenset()
        if language in self.tickets:
            return self.broken.get(language, frozenset()) & frozenset(fields)
        kin = {KIN.get(one, one) for one in self.tickets}
        return frozenset() if KIN.get(language, language) in kin else frozenset(fields)
