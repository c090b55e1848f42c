import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from training.sample import Preset, SampleSummary, load_preset, preset_names, write_sample

UNTIL = date(2026, 11, 1)

Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Written:
    preset: Preset
    folder: Path
    summary: SampleSummary
    tickets: Rows
    articles: Rows
    links: Rows
    agents: Rows


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session", params=preset_names())
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Every installed preset, written once with 3,000 tickets."""
    preset = load_preset(request.param)
    folder = tmp_path_factory.mktemp(preset.id)
    summary = write_sample(preset, folder, tickets=3000, seed=7, until=UNTIL)
    tables = [read_rows(folder / f"{name}.csv") for name in ("tickets", "articles", "links", "agents")]
    return Written(preset, folder, summary, *tables)


@pytest.fixture(scope="session")
def it_preset() -> Preset:
    return load_preset("it")
