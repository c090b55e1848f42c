"""The pages in ``docs/adr`` are complete, short, and name tests that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "adr").glob("*.md"))
PARTS = ("**Context.**", "**Decision.**", "**Accepted.**", "**Considered.**", "Kept by ")
A_PAGE = 60
"""Lines of at most 120 characters."""


def test_numbers_are_without_gaps():
    assert [int(page.name[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_decision_has_its_five_parts_on_one_page(page: Path):
    text = page.read_text()
    assert text.startswith(f"# {page.name[:4]} ")
    # In this order; a page may have others between them, such as what was measured.
    places = [text.find(part) for part in PARTS]
    assert -1 not in places, PARTS[places.index(-1)]
    assert places[0] < places[1] < min(places[2:4]) and max(places[:4]) < places[4]
    lines = text.splitlines()
    assert len(lines) <= A_PAGE and max(map(len, lines)) <= 160


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_what_keeps_a_decision_exists(page: Path):
    text = page.read_text()
    kept = text[text.index("Kept by ") :]
    assert re.search(r"`(tests/\S+|pyproject\.toml)`", kept)
    for path in re.findall(r"`((?:tests|benchmarks|training|features|serving|triage)/[\w/.]+)`", text):
        assert (ROOT / path).exists(), path
    for link in re.findall(r"\]\(([\w./-]+)\)", text):
        assert (page.parent / link).exists(), link
