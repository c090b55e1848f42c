import base64

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from triage.encryption_keys import VARIABLE, Keyring
from triage.errors import SealError
from triage.sealing import PREFIX, Place, looks_sealed, open_sealed, seal

KEYS = Keyring({VARIABLE: "11" * 32})
NAMES = st.text(max_size=20)
PLACES = st.builds(Place, NAMES, NAMES, NAMES, st.tuples(NAMES) | st.tuples(NAMES, NAMES))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
HERE = Place("acme", "tickets", "body", ("T-1",))


@given(TEXTS, PLACES)
def test_what_is_sealed_opens_in_its_place(text: str, place: Place):
    sealed = seal(KEYS, text, place)
    assert looks_sealed(sealed) and open_sealed(KEYS, sealed, place) == text
    assert len(text) < 8 or text not in sealed


@given(TEXTS, PLACES, PLACES)
def test_it_opens_nowhere_else(text: str, place: Place, other: Place):
    assume(place != other)
    with pytest.raises(SealError, match=r"(?s)Got an encrypted .*expected what was stored there"):
        open_sealed(KEYS, seal(KEYS, text, place), other)


@given(TEXTS, st.data())
def test_a_flipped_bit_is_refused(text: str, data: st.DataObject):
    head, _, coded = seal(KEYS, text, HERE).rpartition("$")
    raw = bytearray(base64.urlsafe_b64decode(coded))
    at = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[at // 8] ^= 1 << at % 8
    with pytest.raises(SealError):
        open_sealed(KEYS, f"{head}${base64.urlsafe_b64encode(raw).decode()}", HERE)


@given(st.text(max_size=60))
def test_what_was_made_up_is_refused(made_up: str):
    for value in (PREFIX + made_up, f"{PREFIX}{KEYS.ids[0]}${made_up}", "$sealed$2$" + made_up):
        with pytest.raises(SealError):
            open_sealed(KEYS, value, HERE)


def test_the_same_text_never_looks_the_same():
    assert len({seal(KEYS, "VPN", HERE) for _ in range(1_000)}) == 1_000


def test_another_key_by_the_same_name_does_not_open():
    sealed = seal(KEYS, "VPN", HERE)
    other = Keyring({VARIABLE: "22" * 32})
    renamed = sealed.replace(KEYS.ids[0], other.ids[0])
    with pytest.raises(SealError, match="does not open"):
        open_sealed(other, renamed, HERE)


def test_an_older_key_opens_and_the_first_seals():
    sealed = seal(KEYS, "VPN", HERE)
    both = Keyring({VARIABLE: f"{'22' * 32},{'11' * 32}"})
    assert open_sealed(both, sealed, HERE) == "VPN"
    assert both.ids[0] in seal(both, "VPN", HERE)
