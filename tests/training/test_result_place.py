from pathlib import Path

import pytest

from training.result_place import expect_place
from triage.errors import ConfigurationError


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path):
    there = tmp_path / "deep" / "f.parquet"
    expect_place("--out", there)
    assert list((tmp_path / "deep").iterdir()) == []
    there.write_text("earlier")
    expect_place("--out", there)
    assert there.read_text() == "earlier" and len(list((tmp_path / "deep").iterdir())) == 1


def test_a_place_where_there_cannot_be_a_file_is_refused_by_the_name_of_its_option(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    for wrong in (tmp_path, tmp_path / "file" / "f.parquet"):
        with pytest.raises(
            ConfigurationError, match=r"Got --shifts .*expected a file.*Name another --shifts"
        ):
            expect_place("--shifts", wrong)
