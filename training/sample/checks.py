"""Whether the parts of a preset fit together: ids resolve, slots exist, there is enough to draw from.

It reads no files; ``loading.py`` has checked types by then.
"""

import re
from collections.abc import Iterable, Iterator
from zoneinfo import available_timezones

from training.sample.preset import BUILT_IN_SLOTS, SENIORITIES, Preset, Subcategory
from triage.errors import InputError
from triage.routing.shift import parse_shift

SLOT = re.compile(r"\{(\w*)\}")
"""A slot in a template."""

MIN_ARTICLES = 40
_ID = re.compile(r"^[a-z0-9][a-z0-9_.-]*$")
_MIN_TEMPLATES = {"subjects": 6, "problems": 8, "details": 5, "resolutions": 4}


def check_preset(preset: Preset) -> None:
    """Check a preset as a whole.

    Parameters
    ----------
    preset : Preset
        As read from its files.

    Raises
    ------
    InputError
        With every problem that was found, one a line, so that they can be mended in one go.
    """
    problems = list(_problems(preset))
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise InputError(
            f"Got preset '{preset.id}' with {len(problems)} problem(s); mend its files:\n{lines}"
        )


def _problems(preset: Preset) -> Iterator[str]:
    teams = {team.id for team in preset.teams}
    yield from _ids("team", (team.id for team in preset.teams))
    yield from _ids("agent", (agent.id for agent in preset.agents))
    yield from _ids("organization", (organization.id for organization in preset.organizations))
    yield from _ids("category", (category.id for category in preset.categories))
    yield from _ids("article", (article.id for article in preset.articles))
    if preset.zone not in available_timezones():
        yield f"zone '{preset.zone}' is unknown; expected an IANA name such as Europe/London"
    if "plain" not in preset.registers:
        yield "registers lack 'plain', the everyday tone"
    for agent in preset.agents:
        if agent.team not in teams:
            yield f"agent '{agent.id}' is in team '{agent.team}'; expected one of {sorted(teams)}"
        if agent.seniority not in SENIORITIES:
            yield f"agent '{agent.id}' has seniority '{agent.seniority}'; expected one of {list(SENIORITIES)}"
        if agent.capacity < 1:
            yield f"agent '{agent.id}' has capacity {agent.capacity}; expected at least 1"
        try:
            parse_shift(agent.shift)
        except InputError as error:
            yield f"agent '{agent.id}': {error}"
    for team in sorted(teams - {agent.team for agent in preset.agents}):
        yield f"team '{team}' has no agent"
    yield from _taxonomy_problems(preset, teams)
    yield from _incident_problems(preset)
    if len(preset.articles) < MIN_ARTICLES:
        yield f"articles.md has {len(preset.articles)} articles; expected at least {MIN_ARTICLES}"
    for article in preset.articles:
        if len(article.body.split()) < 40:
            yield f"article '{article.id}' has {len(article.body.split())} words; expected a readable text"
        if unknown := sorted(set(article.products) - set(preset.products)):
            yield f"article '{article.id}' names the products {unknown}; expected some of preset.toml's"


def _taxonomy_problems(preset: Preset, teams: set[str]) -> Iterator[str]:
    articles = {article.id for article in preset.articles}
    if len(preset.categories) < 2:
        yield "taxonomy.toml has fewer than two categories"
    for category in preset.categories:
        if category.team not in teams:
            yield f"category '{category.id}' goes to team '{category.team}'; expected one of {sorted(teams)}"
        yield from _ids(f"subcategory of '{category.id}'", (part.id for part in category.subcategories))
        for part in category.subcategories:
            where = f"subcategory '{category.id}/{part.id}'"
            if unknown := sorted(set(part.articles) - articles):
                yield f"{where} names the articles {unknown}, which are not in articles.md"
            if unknown := sorted(set(part.products) - set(preset.products)):
                yield f"{where} names the products {unknown}, which are not in preset.toml"
            for field, fewest in _MIN_TEMPLATES.items():
                if len(getattr(part, field)) < fewest:
                    yield f"{where} has {len(getattr(part, field))} {field}; expected at least {fewest}"
            yield from _slot_problems(where, _templates(part), preset)


def _incident_problems(preset: Preset) -> Iterator[str]:
    if len(preset.incidents) != 2:
        yield f"preset.toml has {len(preset.incidents)} incidents; expected exactly two"
    known = {(category.id, part.id) for category in preset.categories for part in category.subcategories}
    for incident in preset.incidents:
        where = f"incident '{incident.id}'"
        if (incident.category, incident.subcategory) not in known:
            label = f"{incident.category}/{incident.subcategory}"
            yield f"{where} is about '{label}', which is not in taxonomy.toml"
        if not 0 < incident.at < 1 or incident.hours <= 0 or incident.volume_multiplier <= 1:
            yield f"{where} needs 0 < at < 1, hours > 0 and volume_multiplier > 1"
        yield from _slot_problems(where, (*incident.texts, incident.resolution), preset)


def _templates(part: Subcategory) -> Iterable[str]:
    return (*part.subjects, *part.problems, *part.details, *part.resolutions)


def _slot_problems(where: str, templates: Iterable[str], preset: Preset) -> Iterator[str]:
    names = {name for template in templates for name in SLOT.findall(template)}
    if unknown := sorted(names - BUILT_IN_SLOTS - set(preset.slots)):
        yield f"{where} uses the slots {unknown}, which are not in slots.toml"


def _ids(kind: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for label in ids:
        if not _ID.match(label):
            yield f"{kind} id '{label}' is not made of a-z, 0-9, '-', '_' and '.'"
        if label in seen:
            yield f"{kind} id '{label}' stands twice"
        seen.add(label)
