import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from triage.key_file import make_key_file, put_key_first


def test_of_many_who_make_the_file_one_wins(tmp_path: Path):
    path = tmp_path / "new" / "some.key"
    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: (make_key_file(path), path.read_text())[1], range(16)))
    assert len(seen) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["some.key"]


def test_of_many_who_add_a_key_none_is_lost(tmp_path: Path):
    path = tmp_path / "some.key"
    make_key_file(path)
    (first,) = path.read_text().split()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: put_key_first(path), range(16)))
    keys = path.read_text().split()
    assert len(set(keys)) == 17 and keys[-1] == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root may give files away")
def test_a_new_key_leaves_the_file_with_its_owner(tmp_path: Path):
    path = tmp_path / "some.key"
    make_key_file(path)
    os.chown(path, 4711, 4712)
    put_key_first(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (4711, 4712)
