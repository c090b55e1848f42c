"""Reading a preset's folder into records.

Shape and types are checked here, value by value; that the parts fit together is checked in ``checks.py``.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from training.sample.articles import parse_articles
from training.sample.checks import check_preset
from training.sample.preset import (
    LEVELS,
    Agent,
    Category,
    Incident,
    Organization,
    Preset,
    Register,
    Subcategory,
    Team,
)
from training.sample.taxonomy_change import read_taxonomy_change
from triage.errors import InputError

PRESETS = Path(__file__).parent / "presets"
"""The folder that holds one folder a preset."""

_KINDS = {str: "text", float: "a number", list: "a list", dict: "a table"}


def preset_names() -> list[str]:
    """Return the names of the presets that are installed, sorted."""
    return sorted(folder.name for folder in PRESETS.iterdir() if (folder / "preset.toml").is_file())


def load_preset(name: str, folder: Path | None = None) -> Preset:
    """Read one preset and check it.

    Parameters
    ----------
    name : str
        One of :func:`preset_names`, or any name together with ``folder``.
    folder : Path, default the installed preset of that name
        Where ``preset.toml``, ``slots.toml``, ``taxonomy.toml`` and ``articles.md`` lie.

    Returns
    -------
    Preset

    Raises
    ------
    InputError
        For an unknown name, or files that break the format; the message names file and key.
    """
    if folder is None:
        if name not in preset_names():
            raise InputError(f"Got preset '{name}'; expected one of: {', '.join(preset_names())}.")
        folder = PRESETS / name
    company = _Table.read(folder / "preset.toml")
    slots = _Table.read(folder / "slots.toml").table("slots")
    taxonomy = _Table.read(folder / "taxonomy.toml")
    categories = tuple(_category(table) for table in taxonomy.tables("category"))
    registers = company.table("registers")
    preset = Preset(
        id=name,
        name=company.text("name"),
        blurb=company.text("blurb"),
        zone=company.text("zone"),
        country=company.text("country"),
        growth_per_year=company.number("growth_per_year"),
        weekday_weights=company.numbers("weekday_weights", 7),
        hour_weights=company.numbers("hour_weights", 24),
        channels=company.weights("channels"),
        products=company.texts("products"),
        organizations=tuple(
            Organization(item.text("id"), item.text("name"), item.number("weight"))
            for item in company.tables("organizations")
        ),
        signoffs=company.texts("signoffs"),
        registers=MappingProxyType(
            {
                key.replace("_", "-"): Register(
                    registers.table(key).texts("openers"), registers.table(key).texts("closers")
                )
                for key in registers.keys
            }
        ),
        teams=tuple(Team(item.text("id"), item.text("name")) for item in company.tables("teams")),
        agents=tuple(_agent(item) for item in company.tables("agents")),
        incidents=tuple(_incident(item) for item in company.tables("incidents")),
        taxonomy_change=read_taxonomy_change(
            company.table("taxonomy_change").values, categories, company.where
        ),
        slots=MappingProxyType({key: slots.texts(key) for key in slots.keys}),
        categories=categories,
        articles=parse_articles(_read(folder / "articles.md"), f"{folder.name}/articles.md"),
    )
    check_preset(preset)
    return preset


def _agent(item: "_Table") -> Agent:
    return Agent(
        id=item.text("id"),
        name=item.text("name"),
        team=item.text("team"),
        skills=item.texts("skills"),
        capacity=int(item.number("capacity")),
        shift=item.text("shift"),
        seniority=item.text("seniority"),
    )


def _incident(item: "_Table") -> Incident:
    return Incident(
        id=item.text("id"),
        title=item.text("title"),
        at=item.number("at"),
        hours=item.number("hours"),
        category=item.text("category"),
        subcategory=item.text("subcategory"),
        volume_multiplier=item.number("volume_multiplier"),
        texts=item.texts("texts"),
        resolution=item.text("resolution"),
    )


def _category(item: "_Table") -> Category:
    return Category(
        id=item.text("id"),
        name=item.text("name"),
        team=item.text("team"),
        weight=item.number("weight"),
        impact=item.weights("impact", LEVELS),
        urgency=item.weights("urgency", LEVELS),
        subcategories=tuple(
            Subcategory(
                id=part.text("id"),
                name=part.text("name"),
                weight=part.number("weight"),
                articles=part.texts("articles"),
                products=part.texts("products") if "products" in part.keys else (),
                subjects=part.texts("subjects"),
                problems=part.texts("problems"),
                details=part.texts("details"),
                resolutions=part.texts("resolutions"),
            )
            for part in item.tables("subcategory")
        ),
    )


class _Table:
    """A TOML table that knows where it stands, so that a wrong value can be named."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self.values, self.where = values, where

    @classmethod
    def read(cls, path: Path) -> "_Table":
        where = f"{path.parent.name}/{path.name}"
        try:
            return cls(tomllib.loads(_read(path)), where)
        except tomllib.TOMLDecodeError as error:
            raise InputError(
                f"Got {where}, which is not valid TOML ({error}); expected a preset file."
            ) from error

    @property
    def keys(self) -> list[str]:
        return list(self.values)

    def text(self, key: str) -> str:
        return str(self._get(key, str))

    def number(self, key: str) -> float:
        return float(self._get(key, float))

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._get(key, list)
        if not values or not all(isinstance(value, str) and value.strip() for value in values):
            raise InputError(f"Got '{key}' in {self.where}; expected a list of texts, none of them empty.")
        return tuple(values)

    def numbers(self, key: str, size: int) -> tuple[float, ...]:
        values = self._get(key, list)
        if len(values) != size or not all(isinstance(value, int | float) and value >= 0 for value in values):
            raise InputError(f"Got '{key}' in {self.where}; expected a list of {size} numbers >= 0.")
        return tuple(float(value) for value in values)

    def weights(self, key: str, names: tuple[str, ...] = ()) -> MappingProxyType[str, float]:
        table = self.table(key)
        values = {name: table.number(name) for name in names or table.keys}
        if not values or min(values.values()) < 0 or sum(values.values()) <= 0:
            raise InputError(f"Got '{key}' in {self.where}; expected weights >= 0 with a positive sum.")
        return MappingProxyType(values)

    def table(self, key: str) -> "_Table":
        return _Table(self._get(key, dict), f"{self.where} [{key}]")

    def tables(self, key: str) -> list["_Table"]:
        values = self._get(key, list)
        if not values or not all(isinstance(value, dict) for value in values):
            raise InputError(f"Got '{key}' in {self.where}; expected a list of tables.")
        return [
            _Table(value, f"{self.where} [{key} {value.get('id', number)}]")
            for number, value in enumerate(values, start=1)
        ]

    def _get(self, key: str, kind: type) -> Any:
        if key not in self.values:
            raise InputError(f"Got no '{key}' in {self.where}; expected {_KINDS[kind]}.")
        value = self.values[key]
        accepted = (int, float) if kind is float else kind
        if not isinstance(value, accepted) or isinstance(value, bool):
            raise InputError(f"Got '{key}' = {value!r} in {self.where}; expected {_KINDS[kind]}.")
        return value


def _read(path: Path) -> str:
    if not path.is_file():
        raise InputError(f"Got a preset without {path.parent.name}/{path.name}; expected that file.")
    return path.read_text(encoding="utf-8")
