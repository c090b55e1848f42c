"""One ticket after the other, in the order in which they arrive.

This is where the curve, the people, the words and the desk come together; files are written in ``tables.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32
from zoneinfo import ZoneInfo

from training.sample.arrivals import Arrivals, Span, public_holidays
from training.sample.draws import Draws, Stream, Weighted
from training.sample.handling import Desk, Handling
from training.sample.kinship import kindred
from training.sample.people import People, Requester
from training.sample.preset import LEVELS, Category, Incident, Preset, Subcategory
from training.sample.writer import Text, Topic, Writer
from triage.priority import PRIORITIES

_FIRST_NUMBER = 10_001
_CHUNK = 4096

PRIORITY = {
    ("high", "high"): "urgent",
    ("high", "medium"): "high",
    ("medium", "high"): "high",
    ("high", "low"): "normal",
    ("medium", "medium"): "normal",
    ("low", "high"): "normal",
    ("medium", "low"): "low",
    ("low", "medium"): "low",
    ("low", "low"): "low",
}
"""(impact, urgency) -> priority: the 3x3 matrix that ServiceNow ships with, its five priorities (critical,
high, moderate, low, planning) folded onto our four."""

# Shares of tickets, chosen so that a history has the flaws of a real one.
_MISFILED = 0.02
_BROKEN_PRIORITY = 0.03
_HABIT = 0.3
_HABIT_CHANNEL = 0.75
_HABIT_PRODUCT = 0.6
_LINKED = 0.5
_RIGHT_ARTICLE = 0.82
_GENERIC_ARTICLE = 0.1


@dataclass(frozen=True)
class Link:
    """An article that an agent attached to a ticket; the time is UTC epoch seconds."""

    article_id: str
    created_at: int
    agent_id: str


@dataclass(frozen=True)
class MadeTicket:
    """A ticket and what became of it; ``category`` is the label on record, which may be wrong or outdated."""

    id: str
    created_at: int
    text: Text
    category: str
    subcategory: str
    impact: str
    urgency: str
    priority: str
    team: str
    requester: Requester
    channel: str
    product: str
    handling: Handling
    resolution: str
    links: tuple[Link, ...]


class History:
    """A helpdesk's tickets over 18 months.

    Parameters
    ----------
    preset : Preset
    span : Span
    seed : int
    """

    def __init__(self, preset: Preset, span: Span, seed: int) -> None:
        days_off = public_holidays(preset, span)
        # Two companies of the same seed have other people and other days.
        seed = crc32(f"{preset.id} {seed}".encode())
        self.preset, self.span, self.seed = preset, span, seed
        self.arrivals = Arrivals(preset, span, days_off, seed)
        self.desk = Desk(preset, span, days_off, seed)
        self._people = People(preset, seed)
        self._writer = Writer(preset)
        self._zone = ZoneInfo(preset.zone)
        self._changed_at = span.at(preset.taxonomy_change.at)
        self._channels = Weighted(tuple(preset.channels), tuple(preset.channels.values()))
        self._levels = {
            (category.id, name): Weighted(LEVELS, [weights[level] for level in LEVELS])
            for category in preset.categories
            for name, weights in (("impact", category.impact), ("urgency", category.urgency))
        }
        self._generic = _generic_articles(preset)

    def tickets(self, size: int) -> Iterator[MadeTicket]:
        """Make ``size`` tickets in the order of their filing."""
        moments, numbers = self.arrivals.draw(size)
        for start in range(0, size, _CHUNK):
            chunk = slice(start, start + _CHUNK)
            for place, (moment, number) in enumerate(
                zip(moments[chunk].tolist(), numbers[chunk].tolist(), strict=True), start=start
            ):
                yield self._ticket(place, moment, number)

    def _ticket(self, place: int, moment: int, number: int) -> MadeTicket:
        draws = Draws(self.seed, Stream.TICKETS, number)
        outage = self.arrivals.incident_at(moment, draws.uniform())
        incident = None if outage is None else self.preset.incidents[outage]
        requester = self._people.writer(draws)
        category, part = self._kind(incident, requester, draws)
        impact = "high" if incident else draws.weighted(self._levels[category.id, "impact"])
        urgency = "high" if incident else draws.weighted(self._levels[category.id, "urgency"])
        priority = PRIORITY[impact, urgency]
        if draws.chance(_BROKEN_PRIORITY):
            priority = draws.pick(PRIORITIES)
        product = self._product(part, requester, draws)
        topic = Topic(
            subjects=(incident.title, *part.subjects) if incident else part.subjects,
            problems=incident.texts if incident else part.problems,
            details=part.details,
            product=product,
            impact=impact,
            urgency=urgency,
        )
        _, second = self._people.kind(draws)
        text = self._writer.write(
            topic, None if incident else second, requester, datetime.fromtimestamp(moment, self._zone), draws
        )
        channel = requester.channel if draws.chance(_HABIT_CHANNEL) else draws.weighted(self._channels)
        handling = self.desk.handle(moment, category, part, product, priority, requester, draws)
        label, sublabel = self._labels(category, part, moment, draws)
        resolution = ""
        if handling.resolved_at is not None:
            solved_by = (
                incident.resolution if incident else draws.weighted(kindred(text.problem, part.resolutions))
            )
            resolution = self._writer.fill(solved_by, dict(text.values), draws)
        return MadeTicket(
            id=f"{self.preset.id.upper()}-{_FIRST_NUMBER + place}",
            created_at=moment,
            text=text,
            category=label,
            subcategory=sublabel,
            impact=impact,
            urgency=urgency,
            priority=priority,
            team=category.team if handling.agent else "",
            requester=requester,
            channel=channel,
            product=product,
            handling=handling,
            resolution=resolution,
            links=self._links(category, part, handling, draws),
        )

    def _kind(
        self, incident: Incident | None, requester: Requester, draws: Draws
    ) -> tuple[Category, Subcategory]:
        if incident:
            category = self.preset.category(incident.category)
            return category, next(p for p in category.subcategories if p.id == incident.subcategory)
        if draws.chance(_HABIT):
            return draws.pick(requester.favourites)
        return self._people.kind(draws)

    def _product(self, part: Subcategory, requester: Requester, draws: Draws) -> str:
        products = part.products or self.preset.products
        if requester.product in products and draws.chance(_HABIT_PRODUCT):
            return requester.product
        return draws.pick(products)

    def _labels(self, category: Category, part: Subcategory, moment: int, draws: Draws) -> tuple[str, str]:
        """Return the label on record: sometimes a wrong one, and today's ids only since they exist."""
        if draws.chance(_MISFILED):
            near = [
                other for other in self.preset.categories if other.team == category.team and other != category
            ]
            far = [other for other in self.preset.categories if other != category]
            category = draws.pick(near if near and draws.chance(0.6) else far)
            part = draws.pick(category.subcategories)
        label = category.id
        if moment < self._changed_at:
            label = self.preset.taxonomy_change.before.get((category.id, part.id), label)
        return label, part.id

    def _links(
        self, category: Category, part: Subcategory, handling: Handling, draws: Draws
    ) -> tuple[Link, ...]:
        if handling.resolved_at is None or handling.first_response_at is None or handling.agent is None:
            return ()
        if not draws.chance(_LINKED):
            return ()
        fate = draws.uniform()
        if fate < _RIGHT_ARTICLE:
            # The first article of the list is the one that colleagues know best.
            article = part.articles[int(len(part.articles) * draws.uniform() ** 1.7)]
        elif fate < _RIGHT_ARTICLE + _GENERIC_ARTICLE:
            article = draws.pick(self._generic)
        else:
            article = draws.pick(draws.pick(category.subcategories).articles)
        open_s = handling.resolved_at - handling.first_response_at
        at = handling.first_response_at + int(open_s * draws.uniform())
        return (Link(article, at, handling.agent.id),)


def _generic_articles(preset: Preset) -> tuple[str, ...]:
    """Return the articles that fit anything: topic ``general``, else those that nothing names, else all."""
    general = tuple(article.id for article in preset.articles if "general" in article.topics)
    named = {
        label for category in preset.categories for part in category.subcategories for label in part.articles
    }
    unnamed = tuple(article.id for article in preset.articles if article.id not in named)
    return general or unnamed or tuple(article.id for article in preset.articles)
