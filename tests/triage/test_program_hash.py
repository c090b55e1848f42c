"""A program's hash: other files or libraries, another hash."""

import pytest

from triage import program_hash as module
from triage.program_hash import program_hash


@pytest.fixture
def packages(tmp_path, monkeypatch):
    (tmp_path / "triage").mkdir()
    (tmp_path / "triage" / "one.py").write_text("A = 1\n")
    monkeypatch.setattr(module, "__file__", str(tmp_path / "triage" / "program_hash.py"))
    program_hash.cache_clear()
    yield tmp_path / "triage"
    program_hash.cache_clear()


def hashed(*libraries):
    program_hash.cache_clear()
    return program_hash(("triage/**/*.py",), libraries)


def test_it_changes_with_what_a_file_says_and_what_it_is_called(packages):
    first = hashed()
    assert hashed() == first
    (packages / "one.py").write_text("A = 2\n")
    other = hashed()
    (packages / "one.py").rename(packages / "two.py")
    assert len({first, other, hashed()}) == 3


def test_files_beside_it_and_libraries_count(packages):
    first = hashed()
    (packages / "deeper").mkdir()
    (packages / "deeper" / "new.py").write_text("")
    assert len({first, hashed(), hashed("numpy")}) == 3


def test_a_pattern_that_finds_nothing_is_refused(packages):
    with pytest.raises(ValueError, match=r"nowhere/\*\.py"):
        program_hash(("nowhere/*.py",), ())
