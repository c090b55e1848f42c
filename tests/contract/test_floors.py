"""The lock keeps above the versions that fixed known weaknesses, as docs/security.md lists them."""

import re
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
FLOORS = re.findall(
    r"^\| ([\w-]+) \| ([\d.]+) \| (.+) \|$", (ROOT / "docs" / "security.md").read_text(), re.MULTILINE
)
LOCKED = {
    name.lower().replace("_", "-"): version
    for name, version in re.findall(
        r"^([\w.-]+)==(\S+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE
    )
}


@pytest.mark.parametrize(("package", "floor", "why"), FLOORS, ids=[one[0] for one in FLOORS])
def test_the_lock_is_above_the_floor(package: str, floor: str, why: str):
    assert Version(LOCKED[package]) >= Version(floor), why


def test_the_list_is_read():
    assert len(FLOORS) >= 15
