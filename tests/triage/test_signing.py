import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import ConfigurationError
from triage.signing import sign, signing_key, verify

KEY = bytes(range(32))


def test_the_signature_is_that_of_rfc_4231():
    assert sign(b"Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@given(st.binary(max_size=50), st.binary(max_size=50), st.text(max_size=70))
def test_only_the_contents_own_signature_is_accepted(content, other, made_up):
    assert verify(KEY, content, sign(KEY, content))
    assert verify(KEY, content, sign(KEY, other)) == (content == other)
    assert not verify(KEY, content, made_up)
    assert not verify(bytes(32), content, sign(KEY, content))


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    environ = {"TRIAGE_HOME": str(tmp_path / "new")}
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: signing_key(environ), range(16)))
    assert len(keys) == 1 and len(keys.pop()) == 32
    (file,) = (tmp_path / "new").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_key_of_the_environment_goes_first(tmp_path):
    environ = {"TRIAGE_HOME": str(tmp_path), "TRIAGE_SIGNING_KEY": f" {KEY.hex()}\n"}
    assert signing_key(environ) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given_key", ["", "hunter2", "ab" * 31, "é" * 64])
def test_a_key_that_is_too_short_or_not_hex_is_refused_with_the_remedy(tmp_path, given_key):
    with pytest.raises(ConfigurationError, match=r"TRIAGE_SIGNING_KEY.*make one with"):
        signing_key({"TRIAGE_SIGNING_KEY": given_key})
    (tmp_path / "signing.key").write_text(given_key, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"signing\.key") as refused:
        signing_key({"TRIAGE_HOME": str(tmp_path)})
    assert given_key == "" or given_key not in str(refused.value)
