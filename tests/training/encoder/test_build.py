import json
import shutil
import warnings

import numpy as np
import pytest

from features.encoder import SentenceEncoder
from features.encoder_folder import MANIFEST, STOCK, find_encoder
from training.encoder.build import build_encoder
from triage.errors import BundleError, ConflictError

pytestmark = pytest.mark.encoder

TEXTS = ["abc", "", "the quick brown fox jumps over the lazy dog " * 5, "zz top", "a b c d e f g"]


def full_precision(folder, texts):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        return model.encode(texts, normalize_embeddings=True, show_progress_bar=False)


@pytest.fixture(scope="module")
def tiny_encoder(tiny_model, tmp_path_factory):
    out = tmp_path_factory.mktemp("encoders") / "tiny"
    return build_encoder(str(tiny_model), out), SentenceEncoder.open(out)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    pytest.importorskip("torch", reason="compiling needs the train extra")
    out = tmp_path_factory.mktemp("encoders") / STOCK
    return build_encoder(out=out)


@pytest.mark.proof
def test_any_sentence_transformers_folder_compiles_to_the_same_vectors(tiny_model, tiny_encoder):
    report, encoder = tiny_encoder
    vectors = encoder.encode(TEXTS)
    assert (report.dimension, report.max_tokens) == (encoder.dimension, encoder.max_tokens) == (32, 24)
    cosines = (vectors * full_precision(tiny_model, TEXTS)).sum(axis=1)
    assert cosines.min() > 0.995


@pytest.mark.proof
def test_building_over_an_existing_folder_is_refused(tiny_model, tmp_path):
    (tmp_path / "there").mkdir()
    with pytest.raises(ConflictError, match="another --out"):
        build_encoder(str(tiny_model), tmp_path / "there")


@pytest.mark.proof
def test_a_failed_build_leaves_nothing_behind(tiny_model, tmp_path):
    broken = shutil.copytree(tiny_model, tmp_path / "broken")
    prompts = json.loads((broken / "config_sentence_transformers.json").read_text())
    prompts |= {"prompts": {"query": "zq xj wv ky " * 4}, "default_prompt_name": "query"}
    (broken / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    with pytest.raises(BundleError, match="prompts are not supported"):
        build_encoder(str(broken), tmp_path / "out" / "encoder")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.proof
def test_the_shipped_encoder_is_what_a_fresh_compile_gives(fresh):
    shipped = json.loads((find_encoder() / "recipe.json").read_text())
    made = json.loads((fresh.folder / "recipe.json").read_text())
    assert {**made, "tools": None} == {**shipped, "tools": None}
    if made["tools"] == shipped["tools"]:
        files = [json.loads((one / MANIFEST).read_text())["files"] for one in (fresh.folder, find_encoder())]
        # The probes are answers in fp32: their last digit is the processor's.
        assert [one | {"probes.json": None} for one in files] == [files[0] | {"probes.json": None}] * 2
        told = [json.loads((one / "probes.json").read_text()) for one in (fresh.folder, find_encoder())]
        assert told[0]["texts"] == told[1]["texts"]
        np.testing.assert_allclose(told[0]["vectors"], told[1]["vectors"], atol=1e-5)
    texts = ["My printer is offline", "Ich kann mich nicht anmelden", "x" * 300, "refund " * 400]
    ours, theirs = SentenceEncoder.open().encode(texts), SentenceEncoder.open(fresh.folder).encode(texts)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.proof
def test_the_shipped_encoder_says_what_sentence_transformers_says_in_fp32(fresh):
    from training.encoder.source import find_source

    texts = [
        "I still have not received my new card, I ordered over a week ago.",
        "Thunderbird cannot connect to the IMAP server since the last update",
        "How do I locate my card?",
        "NullPointerException in org.apache.hadoop.hdfs.DFSClient when the namenode restarts",
        "Please help, all folders have vanished after I moved the profile to a new computer. " * 12,
        "outlook",
        "Wo finde ich meine Rechnung?",
    ]
    cosines = (SentenceEncoder.open().encode(texts) * full_precision(find_source().folder, texts)).sum(axis=1)
    assert cosines.mean() > 0.99
    assert cosines.min() > 0.985
