from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.audit import GENESIS, Anchor, AuditEntry, ChainedEntry, audit_key, digest, find_break, seal
from triage.errors import InputError

KEY = audit_key(b"k" * 32)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def chain(count: int, key: bytes = KEY) -> list[ChainedEntry]:
    made, prev_hash = [], GENESIS
    for seq in range(1, count + 1):
        entry = AuditEntry(NOON, "user:dana", "admin", "replace_policy", "policy", facts={"version": seq})
        here = seal(key, "acme", seq, prev_hash, entry)
        made.append(ChainedEntry("acme", seq, entry, prev_hash, here))
        prev_hash = here
    return made


def test_a_whole_chain_holds_and_can_be_looked_at_in_parts():
    whole = chain(5)
    assert find_break(KEY, whole) is None
    assert find_break(KEY, whole[3:], whole[2].hash, 3) is None
    assert find_break(KEY, []) is None


CHANGES = {
    "at": datetime(2026, 1, 2, tzinfo=UTC),
    "actor": "user:eve",
    "role": "agent",
    "action": "read_policy",
    "object": None,
    "on_behalf_of": "somebody",
    "before_hash": "0" * 64,
    "after_hash": "0" * 64,
    "model_version": "v2",
    "request_id": "r",
    "address": "10.0.0.1",
    "facts": {"version": 99},
}


@pytest.mark.parametrize("name", AuditEntry.__slots__)
def test_a_change_of_any_part_of_an_entry_is_found(name: str):
    entries = chain(3)
    entries[1] = replace(entries[1], entry=replace(entries[1].entry, **{name: CHANGES[name]}))
    assert "Entry 2" in str(find_break(KEY, entries))


@given(st.integers(2, 8), st.data())
def test_taking_out_moving_or_repeating_an_entry_is_found(count: int, data: st.DataObject):
    entries = chain(count)
    place = data.draw(st.integers(0, count - 2))
    assert find_break(KEY, entries[:place] + entries[place + 1 :]) is not None
    assert (
        find_break(KEY, entries[:place] + entries[place : place + 1] * 2 + entries[place + 1 :]) is not None
    )
    swapped = [*entries]
    swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
    assert find_break(KEY, swapped) is not None


def test_a_chain_made_anew_with_another_key_or_for_another_workspace_does_not_hold():
    assert find_break(KEY, chain(2, audit_key(b"q" * 32))) is not None
    assert find_break(KEY, [replace(one, workspace="other") for one in chain(2)]) is not None


def test_the_key_of_the_log_is_not_the_signing_key():
    assert audit_key(b"k" * 32) != b"k" * 32


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.booleans()))
def test_a_digest_does_not_depend_on_the_order_of_names(document: dict):
    assert digest(document) == digest(dict(reversed(document.items())))


def test_an_anchor_is_a_line():
    anchor = Anchor(NOON, "acme", 3, "a" * 64)
    assert Anchor.from_line(anchor.to_line()) == anchor
    for wrong in ("", "{}", "[]", "5", '{"at": "x"}', "\0"):
        with pytest.raises(InputError, match="anchor"):
            Anchor.from_line(wrong)
