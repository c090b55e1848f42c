import json
import os
import warnings

import pytest


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory):
    """Return the folder of a randomly initialised sentence-transformers model, a few kilobytes large."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    pytest.importorskip("torch", reason="compiling needs the train extra")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on import, of the libraries' own making
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import Pooling, Transformer
        from transformers import BertConfig, BertModel, BertTokenizerFast

        folder = tmp_path_factory.mktemp("tiny") / "bare"
        folder.mkdir()
        letters = [chr(code) for code in range(97, 123)]
        words = [
            "[PAD]",
            "[UNK]",
            "[CLS]",
            "[SEP]",
            "[MASK]",
            *letters,
            *(f"##{letter}" for letter in letters),
        ]
        vocabulary = {word: number for number, word in enumerate(words)}
        (folder / "vocab.txt").write_text("\n".join(words))
        torch.manual_seed(7)
        config = BertConfig(
            vocab_size=len(vocabulary),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=40,
        )
        BertModel(config).save_pretrained(folder)
        BertTokenizerFast(vocab=vocabulary).save_pretrained(folder)
        transformer = Transformer(str(folder), max_seq_length=24)
        pooling = Pooling(32, pooling_mode="mean")
        saved = tmp_path_factory.mktemp("models") / "tiny"
        SentenceTransformer(modules=[transformer, pooling], device="cpu").save(str(saved))
    assert json.loads((saved / "modules.json").read_text())
    return saved
