"""Decides when look-alike tickets are raised as one suspected incident, and which tickets belong to it.

Goes from ticket to ticket. It counts nothing itself: which words burst, and how improbably, it is told
(:mod:`features.word_bursts`). It keeps the last 24 hours and the incidents that are still open, no more.
"""

import hashlib
import math
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from triage.incident import Incident, IncidentState, Member, Sighting, Volume, WordBurst

__all__ = ["DEFAULT_THRESHOLD", "IncidentWatch", "Measures"]

DEFAULT_THRESHOLD = 4.5
"""Surprise at which an incident is raised until a workspace's own history has told. Above what Mozilla's
first five months ask for (``benchmarks/incidents.py``: 4), since other helpdesks may be less quiet."""

SPAN = timedelta(hours=24)
"""How far back tickets are gathered; the longest span in which words are counted."""

QUIET = timedelta(days=3)
"""An incident without a ticket for so long is over; what comes later is a new one."""

MUTED = timedelta(days=28)
"""So long look-alikes of a dismissed incident are not raised again, unless they are twice as surprising."""

AGAIN = 2.0
LIKE = math.log(4.0)
"""A ticket belongs where the best two words that it shares are together four times as frequent as usual, each
of them still bursting."""

SUPPORT = 2.5
"""Surprise from which a word of a cluster is one of the incident's words, and
:data:`SHARE` how many of the cluster's tickets must have it."""

LEAST_RATIO = 2.0
SHARE = 0.15
OVERLAP = 0.3
"""A new cluster of which so many tickets belong to an open incident is that incident, grown; so is one that
has its most telling word, or two of its words."""

MOST_WORDS = 12
MOST_MEMBERS = 2_000
FEWEST = 5
FEWEST_WORDS = 2
"""Tickets that have one word in common, and nothing else, do not look alike, however rare the word is."""


class Measures(Protocol):
    """What is asked of the numbers; :class:`features.word_bursts.WordBursts` is the real one."""

    def measure(self, words: Collection[str]) -> list[WordBurst]:
        """Say of words how they burst at this moment; those that don't are left out."""
        ...

    def measure_in_crowd(self, words: Collection[str]) -> list[WordBurst]:
        """Say of words how much more they are used in numbers, where more of everything comes."""
        ...

    def volume(self) -> Volume:
        """Return all tickets of this moment beside what is usual."""
        ...


class IncidentWatch:
    """Watches the tickets of one workspace go by.

    Parameters
    ----------
    workspace : str
        Part of an incident's identity.
    threshold : float, default=DEFAULT_THRESHOLD
        Surprise at which an incident is raised.
    known : iterable of Incident, default=()
        Those raised before: open ones get more tickets, dismissed ones keep their look-alikes quiet.
    """

    def __init__(
        self, workspace: str, threshold: float = DEFAULT_THRESHOLD, known: Iterable[Incident] = ()
    ) -> None:
        self.workspace = workspace
        self.threshold = threshold
        self._incidents = {one.incident_id: one for one in known}
        self._recent: deque[Sighting] = deque()

    @property
    def incidents(self) -> list[Incident]:
        """Those that are still watched."""
        return list(self._incidents.values())

    def learn(self, sighting: Sighting) -> None:
        """Remember a ticket that was judged before."""
        self._recent.append(sighting)
        self._forget(sighting.filed_at)

    def update(self, incident: Incident) -> None:
        """Take in what became of an incident elsewhere."""
        self._incidents[incident.incident_id] = incident

    def see(self, sighting: Sighting, measures: Measures) -> Incident | None:
        """Judge the next ticket.

        Parameters
        ----------
        sighting : Sighting
            In order of arrival.
        measures : Measures
            Asked when an incident is raised or grows.

        Returns
        -------
        Incident or None
            The incident that was raised by this ticket or that it belongs to, as it is now. Of a dismissed
            one None is returned.
        """
        self.learn(sighting)
        bursts = [one for one in sighting.bursts if one.word in sighting.words and not one.word.isdigit()]
        surprise = bursts[0].surprise if bursts else 0.0
        own = self._belongs_to(sighting)
        if own is not None and own.state is IncidentState.DISMISSED:
            if surprise < max(self.threshold, AGAIN * own.surprise):
                return None
            own = None
        if surprise >= self.threshold:
            cluster, words = self._cluster(bursts, measures.measure)
            return self._raise_or_grow(sighting, own, cluster, words, surprise, measures)
        if own is not None:
            return self._keep(_with_members(own, [sighting]))
        if sighting.crowd is not None and sighting.crowd.surprise >= self.threshold:
            product = sighting.crowd.word
            crowd = [one for one in self._recent if product in ("", one.product)]
            words = self._words_of(crowd, measures.measure_in_crowd)
            cluster = [one for one in crowd if _likeness(one.words, words) >= LIKE]
            surprise = sighting.crowd.surprise
            return self._raise_or_grow(sighting, None, cluster, words, surprise, measures)
        return None

    def _raise_or_grow(
        self,
        sighting: Sighting,
        own: Incident | None,
        cluster: Sequence[Sighting],
        words: Sequence[WordBurst],
        surprise: float,
        measures: Measures,
    ) -> Incident | None:
        if own is None:
            own = self._overlapping(cluster, words, surprise)
        if own is not None and own.state is IncidentState.DISMISSED:
            return None
        if own is not None:
            return self._keep(_with_words(_with_members(own, cluster), words, cluster, surprise))
        if len(cluster) < FEWEST or len(words) < FEWEST_WORDS:
            return None
        raised = Incident(
            incident_id=_identity(self.workspace, sighting.ticket_id),
            raised_by=sighting.ticket_id,
            raised_at=sighting.filed_at,
            bursts=(),
            spelling={},
            members=(),
            volume=measures.volume(),
            surprise=surprise,
        )
        return self._keep(_with_words(_with_members(raised, cluster), words, cluster, surprise))

    def _keep(self, incident: Incident) -> Incident:
        self._incidents[incident.incident_id] = incident
        return incident

    def _forget(self, now: datetime) -> None:
        while self._recent and self._recent[0].filed_at <= now - SPAN:
            self._recent.popleft()
        for name, one in list(self._incidents.items()):
            stays = MUTED if one.state is IncidentState.DISMISSED else QUIET
            if one.last_at < now - stays:
                del self._incidents[name]

    def _belongs_to(self, sighting: Sighting) -> Incident | None:
        still = {one.word for one in sighting.bursts if one.word in sighting.words}
        found = [(_likeness(still, one.bursts), one) for one in self._incidents.values()]
        likely = [pair for pair in found if pair[0] >= LIKE]
        return max(likely, key=lambda pair: (pair[0], pair[1].incident_id))[1] if likely else None

    def _cluster(
        self, bursts: Sequence[WordBurst], measure: Callable[[Collection[str]], list[WordBurst]]
    ) -> tuple[list[Sighting], list[WordBurst]]:
        """Return the tickets of the longest span that share what bursts, and their words.

        Whatever has a word that leads says which words the cluster has; what shares fewer than two of these
        is left out, and the words are told again without it.
        """
        lead = [one for one in bursts if one.surprise >= self.threshold]
        near = [one for one in self._recent if any(burst.word in one.words for burst in lead)]
        words = self._words_of(near, measure)
        cluster = [one for one in near if _likeness(one.words, words) >= LIKE]
        return cluster, self._words_of(cluster, measure)

    def _overlapping(
        self, cluster: Sequence[Sighting], words: Sequence[WordBurst], surprise: float
    ) -> Incident | None:
        ids, said = {one.ticket_id for one in cluster}, {one.word for one in words}
        for one in sorted(self._incidents.values(), key=lambda one: (one.raised_at, one.incident_id)):
            shared = sum(member.ticket_id in ids for member in one.members)
            its = [burst.word for burst in one.bursts]
            is_said = bool(said.intersection(its[:1])) or len(said.intersection(its)) >= FEWEST_WORDS
            if shared >= OVERLAP * len(ids) or is_said:
                is_muted = one.state is IncidentState.DISMISSED and surprise >= AGAIN * one.surprise
                return None if is_muted else one
        return None

    def _words_of(
        self, cluster: Sequence[Sighting], measure: Callable[[Collection[str]], list[WordBurst]]
    ) -> list[WordBurst]:
        counts = Counter(word for one in cluster for word in one.words)
        often = [word for word, count in counts.items() if count >= max(FEWEST - 1, SHARE * len(cluster))]
        return [one for one in measure(often) if one.surprise >= SUPPORT and one.ratio >= LEAST_RATIO]


def _likeness(words: Collection[str], bursts: Sequence[WordBurst]) -> float:
    """Return the logarithm of how many times as frequent as usual the best two shared words are, else 0."""
    ratios = sorted((math.log(max(one.ratio, 1.0)) for one in bursts if one.word in words), reverse=True)
    return sum(ratios[:2]) if len(ratios) >= FEWEST_WORDS else 0.0


def _with_members(incident: Incident, sightings: Sequence[Sighting]) -> Incident:
    known = {one.ticket_id for one in incident.members}
    new = [Member(one.ticket_id, one.filed_at) for one in sightings if one.ticket_id not in known]
    if not new or len(known) >= MOST_MEMBERS:
        return incident
    together = {one.ticket_id: one for one in (*incident.members, *new)}.values()
    return replace(incident, members=tuple(sorted(together, key=lambda one: (one.filed_at, one.ticket_id))))


def _with_words(
    incident: Incident, bursts: Sequence[WordBurst], cluster: Sequence[Sighting], surprise: float
) -> Incident:
    """Join new words to an incident's, each at its most surprising; the most telling stay."""
    best = {one.word: one for one in incident.bursts}
    for one in bursts:
        if one.word not in best or one.surprise > best[one.word].surprise:
            best[one.word] = one
    kept = sorted(best.values(), key=lambda one: (-one.surprise * math.log(one.ratio), one.word))[:MOST_WORDS]
    forms: dict[str, Counter[str]] = {}
    for sighting in cluster:
        for word, form in sighting.words.items():
            forms.setdefault(word, Counter())[form] += 1
    spelling = dict(incident.spelling)
    for one in kept:
        if one.word in forms:
            spelling[one.word] = min(forms[one.word].items(), key=lambda pair: (-pair[1], pair[0]))[0]
    return replace(
        incident,
        bursts=tuple(kept),
        spelling={one.word: spelling.get(one.word, one.word) for one in kept},
        surprise=max(incident.surprise, surprise),
    )


def _identity(workspace: str, ticket_id: str) -> str:
    return hashlib.sha256(f"{workspace}\n{ticket_id}".encode("utf-8", "replace")).hexdigest()[:32]
