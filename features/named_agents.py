"""Which agent a name means, in a table of absences or in the title of a calendar event.

A name that can be of two agents is nobody's: an absence at the wrong desk is worse than one that is reported.
"""

import re
from collections.abc import Collection, Mapping

__all__ = ["NamedAgents"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s$")
_PARTS = re.compile(r"\s+-+\s+|[–—:|/()\[\]<>;]+")
"""What stands between the parts of a title; a hyphen only with spaces around, for names have hyphens."""

_AWAY = frozenset(
    "a absence absences absent abwesend abwesenheit all am annual at away bis day days elternzeit ferie "
    "ferien frei from holiday holidays im in is krank krankheit leave off office on ooo oof out of parental "
    "pto sick sickness the time to today until urlaub vacation vacations vacances vakantie von "
    "congé congés absente maladie vacaciones ausente ausencia malattia verlof afwezig ziek".split()
)
"""Words of titles that say that somebody is away, and little ones between them."""


class NamedAgents:
    """The agents of a workspace by what they are called.

    Parameters
    ----------
    agents : collection of str
        Their identities: names, addresses or logins.
    aliases : Mapping of str to str, optional
        Further names and addresses, with whose they are.
    """

    def __init__(self, agents: Collection[str], aliases: Mapping[str, str] | None = None) -> None:
        self._agents = known = set(agents)
        named = [(name, name) for name in agents]
        named += [(name, agent) for name, agent in (aliases or {}).items() if agent in known]
        self._exact: dict[str, set[str]] = {}
        self._words: dict[tuple[str, ...], set[str]] = {}
        for name, agent in named:
            self._exact.setdefault(name.strip().casefold(), set()).add(agent)
            if words := _words(name.partition("@")[0]):
                self._words.setdefault(words, set()).add(agent)

    def exactly(self, name: str) -> str | None:
        """Return the agent of exactly this name or address, in small or capital letters; else None."""
        if name in self._agents:
            return name
        return _only(self._exact.get(name.strip().casefold(), set()))

    def called(self, name: str) -> set[str]:
        """Return the agents that a whole name can mean: it, or its words in any order (``Bauer, Anna``)."""
        if name in self._agents:
            return {name}
        if found := self._exact.get(name.strip().casefold()):
            return set(found)
        return self._with_words(_words(name.partition("@")[0]))

    def in_title(self, title: str) -> set[str]:
        """Return the agents that a title can mean.

        Its parts (between dashes, colons and brackets) are looked at one by one: a part means the agents
        whose name it is, words for being away left out; else those whose name of two words or more stands in
        it; else, where it is one word, those who have it in their name (``Anna``).

        Examples
        --------
        >>> sorted(NamedAgents(["Anna Bauer", "Bob Anders"]).in_title("Vacation: Anna"))
        ['Anna Bauer']
        """
        return {agent for part in _PARTS.split(title) for agent in self._in_part(_words(part))}

    def _in_part(self, words: tuple[str, ...]) -> set[str]:
        plain = tuple(word for word in words if word not in _AWAY)
        if found := self._with_words(words) or self._with_words(plain):
            return found
        for name, agents in self._words.items():
            if len(name) > 1 and any(words[at : at + len(name)] == name for at in range(len(words))):
                found |= agents
        if not found and len(plain) == 1 and len(plain[0]) > 1:
            found = {agent for name, agents in self._words.items() if plain[0] in name for agent in agents}
        return found

    def _with_words(self, words: tuple[str, ...]) -> set[str]:
        wanted = sorted(words)
        return {
            agent
            for name, agents in self._words.items()
            if wanted and sorted(name) == wanted
            for agent in agents
        }


def _words(text: str) -> tuple[str, ...]:
    return tuple(_POSSESSIVE.sub("", word) for word in _WORD.findall(text.casefold()))


def _only(found: set[str]) -> str | None:
    return next(iter(found)) if len(found) == 1 else None
