import json
import shutil

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.encoder import SentenceEncoder
from features.encoder_folder import MANIFEST, find_encoder, fingerprint_of
from triage.errors import BundleError, ConfigurationError, IncompatibleBundleError, InputError

pytestmark = pytest.mark.encoder

TEXTS = [
    "Printer on fire",
    "",
    "My account is locked since Monday",
    "a" * 5000,
    "größere Änderung 表情 🙂",
    "\x00\ud800",
]


@pytest.fixture(scope="module")
def encoder():
    return SentenceEncoder.open()


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(find_encoder(), tmp_path / "encoder")


def test_the_shipped_encoder_gives_unit_vectors_of_the_promised_shape(encoder):
    vectors = encoder.encode(TEXTS)
    assert (encoder.dimension, encoder.max_tokens) == (384, 256)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_no_text_gives_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_similar_texts_are_nearer_than_unrelated_ones(encoder):
    a, b, c = encoder.encode(
        ["I forgot my password", "cannot log in, password lost", "the coffee machine leaks"]
    )
    assert a @ b > a @ c + 0.2


@given(texts=st.lists(st.text(max_size=60), max_size=6), batch_size=st.integers(1, 8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_text_has_the_same_bits_alone_and_in_any_batch(encoder, texts, batch_size):
    together = encoder.encode(texts, batch_size=batch_size)
    for row, text in zip(together, texts, strict=True):
        np.testing.assert_array_equal(row, encoder.encode([text])[0])


def test_threads_change_no_bit_and_no_order(encoder):
    texts = [f"ticket number {number} " * (number % 7) for number in range(20)]
    by_two = SentenceEncoder.open(threads=2).encode(texts, batch_size=3)
    np.testing.assert_array_equal(by_two, encoder.encode(texts))


def test_progress_hears_how_many_are_done(encoder):
    heard = []
    encoder.encode(["a"] * 5, batch_size=2, progress=heard.append)
    assert heard == [2, 4, 5]


def test_after_an_error_no_further_part_is_encoded():
    def refuse(done):
        raise RuntimeError("stop")

    encoder, texts = SentenceEncoder.open(threads=2), CountedTexts(["word " * 200] * 400)
    with pytest.raises(RuntimeError, match="stop"):
        encoder.encode(texts, batch_size=1, progress=refuse)
    assert texts.read < 100


class CountedTexts(list):
    """A list that counts how many of its texts were read."""

    read = 0

    def __getitem__(self, place):
        self.read += 1
        return super().__getitem__(place)


def test_what_lies_beyond_the_token_limit_does_not_count(encoder):
    head = "word " * 300
    one, other = encoder.encode([head + "printer", head + "invoice " * 100_000])
    np.testing.assert_array_equal(one, other)


def test_one_string_instead_of_a_list_is_refused(encoder):
    with pytest.raises(InputError, match="Put it into a list"):
        encoder.encode("not a list")


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "recipe.json", "probes.json", "NOTICE"])
def test_a_single_flipped_bit_is_refused(folder, name):
    raw = bytearray((folder / name).read_bytes())
    raw[len(raw) // 2] ^= 1
    (folder / name).write_bytes(raw)
    with pytest.raises(BundleError, match="damaged or replaced"):
        SentenceEncoder.open(folder)


@pytest.mark.parametrize("change", [lambda raw: raw[:-1], lambda raw: raw + b"\0", lambda raw: b""])
def test_a_shortened_or_lengthened_file_is_refused(folder, change):
    path = folder / "tokenizer.json"
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(BundleError, match="damaged or replaced"):
        SentenceEncoder.open(folder)


def test_a_missing_file_is_refused(folder):
    (folder / "model.onnx").unlink()
    with pytest.raises(BundleError, match="Cannot read"):
        SentenceEncoder.open(folder)


def test_a_file_that_the_manifest_does_not_list_is_refused(folder):
    (folder / "extra.py").write_text("raise SystemExit")
    with pytest.raises(BundleError, match="does not list"):
        SentenceEncoder.open(folder)


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": 1}',
        '{"format": 1, "files": []}',
        '{"format": 1, "files": {}}',
        "[" * 60_000,
        '{"format": 1, "files": {"model.onnx": 1}}',
    ],
)
def test_a_damaged_manifest_is_refused(folder, manifest):
    (folder / MANIFEST).write_text(manifest)
    with pytest.raises(BundleError):
        SentenceEncoder.open(folder)


def test_a_manifest_cannot_reach_outside_its_folder(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"]["../outside"] = {"bytes": 1, "sha256": "0"}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="plain names"):
        SentenceEncoder.open(folder)


def test_another_format_is_refused(folder):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, "format": 2}))
    with pytest.raises(IncompatibleBundleError, match="expected 1"):
        SentenceEncoder.open(folder)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(BundleError, match="expected a manifest"):
        SentenceEncoder.open(tmp_path / "nowhere")


def test_an_environment_variable_names_another_encoder(folder, monkeypatch):
    monkeypatch.setenv("TRIAGE_ENCODER", str(folder))
    assert SentenceEncoder.open().folder == folder


def test_an_environment_variable_that_names_no_folder_is_refused(monkeypatch):
    monkeypatch.setenv("TRIAGE_ENCODER", "/nowhere/at/all")
    with pytest.raises(ConfigurationError, match="TRIAGE_ENCODER"):
        SentenceEncoder.open()


def test_no_threads_are_refused():
    with pytest.raises(ConfigurationError, match="threads=0"):
        SentenceEncoder.open(threads=0)


@pytest.mark.parametrize("changed", ["model.onnx", "tokenizer.json", "recipe.json"])
def test_the_fingerprint_follows_model_tokenizer_and_recipe(changed):
    hashes = {"model.onnx": "a", "tokenizer.json": "b", "recipe.json": "c"}
    assert fingerprint_of(hashes) != fingerprint_of({**hashes, changed: "d"})
