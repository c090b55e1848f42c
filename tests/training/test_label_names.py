import numpy as np
import pytest

from features.encoder import SentenceEncoder
from features.field_model import FieldModel
from features.views import MEANING_SCALE
from features.words import WordView
from training.label_names import NAMES, label_text, name_labels

LABELS = ("card_arrival", "lost_card", "exchange_rate")


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.open()


@pytest.fixture(scope="module")
def words(encoder: SentenceEncoder) -> WordView:
    return WordView(encoder.tokenizer).fit(["my card was lost", "the card is lost", "a rate", "the rate"])


@pytest.mark.parametrize(
    ("label", "description", "text"),
    [
        ("Lost-or_stolen card", None, "Lost or stolen card"),
        ("4711", None, ""),
        ("4711", "Payroll questions", "Payroll questions"),
        ("vpn", " remote access ", "vpn: remote access"),
    ],
)
def test_a_label_is_read_by_its_name_and_its_description(label: str, description: str | None, text: str):
    assert label_text(label, description) == text


def test_the_head_of_names_takes_a_text_for_the_label_that_means_the_same(encoder, words):
    named = name_labels("category", LABELS, {}, words, encoder)
    assert named is not None
    model = FieldModel("category", LABELS, {NAMES: named.head(3)}, {NAMES: 1.0})
    texts = ["When will my new card get here?", "Somebody stole my card", "What is a euro in dollars today?"]
    chances = model.probabilities({"meaning": encoder.encode(texts) * MEANING_SCALE})
    assert chances.argmax(axis=1).tolist() == [0, 1, 2]


def test_a_label_without_a_telling_name_is_neither_helped_nor_hindered(encoder, words):
    named = name_labels("category", ("4711", *LABELS), {}, words, encoder)
    assert named is not None and named.columns.tolist() == [1, 2, 3]
    logits = named.head(4).logits({"meaning": encoder.encode(["Somebody stole my card"]) * MEANING_SCALE})
    assert logits[0, 0] == pytest.approx(logits[0, 1:].mean(), abs=1e-4)


def test_people_are_not_read_by_their_names_but_by_what_is_said_of_them(encoder, words):
    people = ("ivana", "sam")
    assert name_labels("assignee", people, {}, words, encoder) is None
    said = {"ivana": "Networks and VPN", "sam": "Payroll"}
    named = name_labels("assignee", people, said, words, encoder)
    assert named is not None and named.columns.tolist() == [0, 1]


def test_names_are_rows_like_tickets(encoder, words):
    named = name_labels("category", LABELS, {}, words, encoder)
    assert named is not None
    assert named.views["words"].shape == (3, words.n_features)
    np.testing.assert_allclose(np.linalg.norm(named.views["meaning"], axis=1), MEANING_SCALE, rtol=1e-5)
