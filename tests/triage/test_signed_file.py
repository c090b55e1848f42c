import stat

import pytest

from triage.signed_file import read_signed, write_signed

KEY, OTHER = b"k" * 32, b"o" * 32


def test_what_was_written_is_read_by_its_key_and_name_alone(tmp_path):
    path = tmp_path / "new" / "one"
    write_signed(path, KEY, b"body")
    assert read_signed(path, KEY) == b"body"
    assert read_signed(path, OTHER) is None and read_signed(tmp_path / "none", KEY) is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.rename(tmp_path / "two")
    assert read_signed(tmp_path / "two", KEY) is None


def test_a_file_that_was_cut_or_changed_is_nobodys(tmp_path):
    path = tmp_path / "one"
    write_signed(path, KEY, b"body")
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole[:20], b"", whole[:-1] + b"Y"):
        path.write_bytes(spoilt)
        assert read_signed(path, KEY) is None


def test_what_cannot_be_written_leaves_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError):
        write_signed(tmp_path / "file" / "one", KEY, b"body")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError):
        write_signed(tmp_path / "taken", KEY, b"body")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["file", "taken"]
