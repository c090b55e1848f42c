"""The people who write tickets, each with habits that last.

A person is made from a number alone, so nobody has to be kept: the thousandth person is the same in
every size.
"""

from dataclasses import dataclass
from functools import lru_cache

from training.sample.draws import Draws, Stream, Weighted
from training.sample.names import FIRST_NAMES, LAST_NAMES
from training.sample.preset import Category, Organization, Preset, Subcategory

_REGISTER_WEIGHTS = {"plain": 0.42, "formal": 0.18, "terse": 0.16, "chatty": 0.13, "non-native": 0.11}
_OTHER_REGISTER_WEIGHT = 0.08
_CROWD = 260  # scale of the crowd: a quarter of all tickets comes from its first fifty or so people
_CROWD_TAIL = 1.7  # Lomax tail: a few write all the time, many write once


@dataclass(frozen=True)
class Requester:
    """A person who writes tickets, and how.

    ``typo_rate`` is per letter; ``favourites`` are the kinds of problem that this person keeps having.
    """

    id: str
    name: str
    organization: Organization
    channel: str
    product: str
    register: str
    typo_rate: float
    is_lowercase: bool
    signature: str
    is_vip: bool
    favourites: tuple[tuple[Category, Subcategory], ...]
    agent_affinity: int


class People:
    """Everybody who may write to a helpdesk.

    Parameters
    ----------
    preset : Preset
    seed : int
    """

    def __init__(self, preset: Preset, seed: int) -> None:
        self._seed = seed
        self._organizations = Weighted(preset.organizations, [item.weight for item in preset.organizations])
        self._channels = Weighted(tuple(preset.channels), tuple(preset.channels.values()))
        self._products = preset.products
        registers = [register for register in preset.registers if register != "angry"]
        self._registers = Weighted(
            registers, [_REGISTER_WEIGHTS.get(name, _OTHER_REGISTER_WEIGHT) for name in registers]
        )
        self._signoffs = preset.signoffs
        pairs = [(category, part) for category in preset.categories for part in category.subcategories]
        totals = {
            category.id: sum(part.weight for part in category.subcategories) for category in preset.categories
        }
        self._kinds = Weighted(
            pairs, [category.weight * part.weight / totals[category.id] for category, part in pairs]
        )
        self.person = lru_cache(maxsize=20_000)(self._make)

    def kind(self, draws: Draws) -> tuple[Category, Subcategory]:
        """Draw a kind of problem by the taxonomy's weights."""
        return draws.weighted(self._kinds)

    def writer(self, draws: Draws) -> Requester:
        """Draw who writes next: few people write a lot, many write once."""
        place = draws.uniform()
        return self.person(int(_CROWD * ((1 - place) ** (-1 / _CROWD_TAIL) - 1)))

    def _make(self, number: int) -> Requester:
        draws = Draws(self._seed, Stream.PEOPLE, number)
        # A step that shares no factor with the number of pairs visits every pair before one comes again.
        pairs = len(FIRST_NAMES) * len(LAST_NAMES)
        pair = (number * 3571 + self._seed * 17) % pairs
        first, last = FIRST_NAMES[pair % len(FIRST_NAMES)], LAST_NAMES[pair // len(FIRST_NAMES)]
        again = number // pairs
        address = f"{first}.{last}{again + 1 if again else ''}".lower()
        organization = draws.weighted(self._organizations)
        name = f"{first} {last}"
        return Requester(
            id=f"{address}@example.com",
            name=name,
            organization=organization,
            channel=draws.weighted(self._channels),
            product=draws.pick(self._products),
            register=draws.weighted(self._registers),
            typo_rate=0.03 * draws.uniform() ** 3,
            is_lowercase=draws.chance(0.09),
            signature=self._signature(draws, name, organization),
            is_vip=draws.chance(0.04),
            favourites=(self.kind(draws), self.kind(draws)),
            agent_affinity=draws.index(1000),
        )

    def _signature(self, draws: Draws, name: str, organization: Organization) -> str:
        style = draws.uniform()
        if style < 0.25:
            return ""
        if style < 0.5:
            return name.split()[0]
        signoff = draws.pick(self._signoffs)
        if style < 0.8:
            return f"{signoff}\n{name.split()[0]}"
        extension = 2000 + draws.index(7999)
        return f"{signoff}\n{name}\n{organization.name} | ext. {extension}"
