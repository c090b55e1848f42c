"""A staffing setup as people edit it on a page: TOML there and back, and a first one to begin with."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from triage.errors import InputError
from triage.store import Store
from triage.store.agents import list_agents
from triage.store.workspaces import Workspace

__all__ = ["first_setup", "read_setup_text", "write_setup_text"]

UNKNOWN_LABEL = "(none)"
"""What forecasts call the tickets that have no label of a field."""


def read_setup_text(text: str) -> dict[str, Any]:
    """Read TOML as plain JSON values; dates become text.

    Raises
    ------
    InputError
        If it is no TOML.
    """
    try:
        found = tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"Got a staffing setup that is no TOML: {error}.") from error
    return dict(json.loads(json.dumps(found, default=str)))


def write_setup_text(document: Mapping[str, Any]) -> str:
    """Return a setup document as TOML: plain values first, then tables, then lists of tables."""
    return "\n".join(_lines(document, ())).strip() + "\n"


def first_setup(store: Store, workspace: str, place: Workspace | None) -> str:
    """Return a setup to begin with: the teams of the agents, or one for everything."""
    sizes = Counter(team for one in list_agents(store, workspace) if one.active for team in one.all_teams)
    teams = sorted(sizes)
    document: dict[str, Any] = {
        "by": "team" if teams else "total",
        "percentile": "P80",
        "zone": place.zone if place else "UTC",
    }
    if place and place.country:
        document["country"] = place.country
    document["handle_time"] = {"default": {"mean_s": 600, "sd_s": 600}}
    document["channels"] = [{"name": "tickets", "deadline": "same day", "shrinkage": 0.3, "occupancy": 0.85}]
    document["teams"] = [
        {
            "name": name,
            "skills": _first_skills(name, sizes),
            "hours": "Mon-Fri 08:00-18:00",
            "cost_per_hour": 0,
        }
        for name in teams or ["everybody"]
    ]
    return write_setup_text(document)


def _first_skills(team: str, sizes: Counter[str]) -> list[str]:
    """Return what a team may do at first: its own; the largest also what no team has yet."""
    if not sizes:
        return ["*"]
    largest = max(sorted(sizes), key=lambda name: sizes[name])
    return [team, UNKNOWN_LABEL] if team == largest else [team]


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> list[str]:
    def is_inner(value: Any) -> bool:
        return isinstance(value, Mapping) or _is_tables(value)

    found = [f"{_key(name)} = {_value(value)}" for name, value in table.items() if not is_inner(value)]
    for name, value in table.items():
        where = (*path, name)
        if isinstance(value, Mapping):
            found += ["", f"[{'.'.join(map(_key, where))}]", *_lines(value, where)]
        elif _is_tables(value):
            for one in value:
                found += ["", f"[[{'.'.join(map(_key, where))}]]", *_lines(one, where)]
    return found


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if is_bare else json.dumps(name, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    # JSON's text, numbers and booleans are TOML's.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
