from datetime import UTC, datetime
from pathlib import Path

from tokenizers import Tokenizer

from features.cleaning import clean
from features.encoder_folder import find_encoder
from features.forgotten_texts import forget_here
from features.model import RecentEncoder
from features.word_pieces import WordPieces
from tests.features.fake_encoder import WordEncoder
from triage.erasure import Erased, ErasedKind


def test_after_an_erasure_nothing_of_the_latest_texts_is_in_memory(tmp_path: Path):
    tokenizer = Tokenizer.from_file(str(find_encoder() / "tokenizer.json"))
    encoder, pieces = RecentEncoder(WordEncoder()), WordPieces(tokenizer)
    encoder.encode(["quokka4711 is locked out"])
    list(pieces.read(["quokka4711 is locked out"]))
    clean("quokka4711 is locked out")
    assert encoder.remembers("quokka4711 is locked out") and "quokka4711" in pieces._known
    assert clean.cache_info().currsize > 0
    forget_here(tmp_path, [])
    assert encoder.remembers("quokka4711 is locked out")  # Nothing was erased.
    forget_here(tmp_path, [Erased(ErasedKind.TEXT, "00" * 16, "e-1", datetime(2026, 3, 2, tzinfo=UTC), 1)])
    assert not encoder.remembers("quokka4711 is locked out") and not pieces._known
    assert clean.cache_info().currsize == 0
