"""What a sample helpdesk is made of: a company, its people, its taxonomy, its articles.

Plain frozen records; reading and checking the files of a preset is in ``loading.py`` and ``checks.py``.
"""

from dataclasses import dataclass
from types import MappingProxyType

BUILT_IN_SLOTS = frozenset({"product", "organization", "company"})
"""Slots that the writer fills itself; every other one is a list in ``slots.toml``."""

LEVELS = ("low", "medium", "high")
"""Values of impact and urgency."""

SENIORITIES = ("junior", "regular", "senior", "lead")
"""Values of an agent's seniority."""


@dataclass(frozen=True)
class Organization:
    """A customer, site or department that requesters belong to."""

    id: str
    name: str
    weight: float


@dataclass(frozen=True)
class Team:
    """A group of agents that tickets are assigned to."""

    id: str
    name: str


@dataclass(frozen=True)
class Agent:
    """A person who solves tickets; ``shift`` reads like ``Mon-Fri 08:00-16:30`` in the preset's zone."""

    id: str
    name: str
    team: str
    skills: tuple[str, ...]
    capacity: int
    shift: str
    seniority: str


@dataclass(frozen=True)
class Subcategory:
    """The finest kind of problem, with the templates that tickets about it are written from."""

    id: str
    name: str
    weight: float
    articles: tuple[str, ...]
    products: tuple[str, ...]
    subjects: tuple[str, ...]
    problems: tuple[str, ...]
    details: tuple[str, ...]
    resolutions: tuple[str, ...]


@dataclass(frozen=True)
class Category:
    """A label of the first level; ``impact`` and ``urgency`` map each level to a weight."""

    id: str
    name: str
    team: str
    weight: float
    impact: MappingProxyType[str, float]
    urgency: MappingProxyType[str, float]
    subcategories: tuple[Subcategory, ...]


@dataclass(frozen=True)
class Incident:
    """An outage: for ``hours`` from ``at`` (a fraction of the span) look-alikes multiply the volume."""

    id: str
    title: str
    at: float
    hours: float
    category: str
    subcategory: str
    volume_multiplier: float
    texts: tuple[str, ...]
    resolution: str


@dataclass(frozen=True)
class TaxonomyChange:
    """The day on which labels changed: before ``at`` (a fraction of the span) tickets carry the older ids.

    ``before`` maps (category id, subcategory id) of today to the category id of then.
    """

    kind: str
    at: float
    before: MappingProxyType[tuple[str, str], str]
    note: str


@dataclass(frozen=True)
class Article:
    """A knowledge-base article."""

    id: str
    title: str
    summary: str
    topics: tuple[str, ...]
    products: tuple[str, ...]
    body: str


@dataclass(frozen=True)
class Register:
    """A tone of writing: how such a writer opens and closes."""

    openers: tuple[str, ...]
    closers: tuple[str, ...]


@dataclass(frozen=True)
class Preset:
    """A whole made-up helpdesk, as read from its folder.

    ``weekday_weights`` has 7 values from Monday, ``hour_weights`` 24 from midnight, both in ``zone``.
    """

    id: str
    name: str
    blurb: str
    zone: str
    country: str
    growth_per_year: float
    weekday_weights: tuple[float, ...]
    hour_weights: tuple[float, ...]
    channels: MappingProxyType[str, float]
    products: tuple[str, ...]
    organizations: tuple[Organization, ...]
    signoffs: tuple[str, ...]
    registers: MappingProxyType[str, Register]
    teams: tuple[Team, ...]
    agents: tuple[Agent, ...]
    incidents: tuple[Incident, ...]
    taxonomy_change: TaxonomyChange
    slots: MappingProxyType[str, tuple[str, ...]]
    categories: tuple[Category, ...]
    articles: tuple[Article, ...]

    def category(self, category_id: str) -> Category:
        """Return the category of this id; raises ``KeyError`` when there is none."""
        for category in self.categories:
            if category.id == category_id:
                return category
        raise KeyError(category_id)
