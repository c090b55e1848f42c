import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from features.embedding_cache import CachedEncoder, text_key
from features.forgotten_texts import LEARNT, forget_here, forget_texts, ticket_key
from tests.features.fake_encoder import WordEncoder
from triage.erasure import Erased, ErasedKind
from triage.ticket import Ticket


def test_a_forgotten_text_is_overwritten_and_the_others_are_found(tmp_path: Path):
    encoder = WordEncoder()
    cached = CachedEncoder(encoder, tmp_path)
    secret, other = cached.encode(["a secret", "vpn drops"])
    (folder,) = tmp_path.iterdir()
    assert secret.tobytes() in (folder / "vectors.f32").read_bytes()
    assert forget_texts(tmp_path, [text_key("a secret"), text_key("never seen")]) == 1
    assert secret.tobytes() not in (folder / "vectors.f32").read_bytes()
    assert bytes.fromhex(text_key("a secret")) not in (folder / "keys.bin").read_bytes()
    # Who had read the keys before encodes it again, and so does who reads them now.
    for reader in (cached, CachedEncoder(encoder, tmp_path)):
        encoder.encoded.clear()
        again = reader.encode(["a secret", "vpn drops"])
        np.testing.assert_array_equal(again, [secret, other])
        assert encoder.encoded == ["a secret"]
        assert forget_texts(tmp_path, [text_key("a secret")]) == 1
    assert forget_texts(tmp_path, [text_key("a secret")]) == 0


def test_caches_of_all_encoders_are_gone_through_and_none_is_fine(tmp_path: Path):
    assert forget_texts(tmp_path / "none", [text_key("a")]) == 0
    for dimension in (16, 32):
        CachedEncoder(WordEncoder(dimension), tmp_path).encode(["a", "b"])
    assert forget_texts(tmp_path, [text_key("a")]) == 2


def test_what_was_learnt_before_an_erasure_goes_and_what_was_learnt_since_stays(tmp_path: Path):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    (tmp_path / LEARNT).mkdir()
    for name, seconds in (("old", -1), ("new", 1)):
        (tmp_path / LEARNT / name).write_bytes(b"x")
        moment = at.timestamp() + seconds
        os.utime(tmp_path / LEARNT / name, (moment, moment))
    text = Erased(ErasedKind.TEXT, ticket_key(Ticket("T-1", "a")), "E-1", at, 1)
    assert forget_here(tmp_path, []) == (0, 0)
    assert forget_here(tmp_path, [text]) == (0, 1)
    assert [one.name for one in (tmp_path / LEARNT).iterdir()] == ["new"]
