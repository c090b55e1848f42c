from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from features.words import WordView
from training.reference import count_values, make_reference, unknown_pieces
from triage.stability import bin_counts
from triage.taxonomy import Taxonomy
from triage.ticket import PastTicket, Ticket

WORDS = ["vpn", "down", "printer", "jams", "again", "quokka", "zebra"]
START = datetime(2026, 1, 1, tzinfo=UTC)


def view(texts, **settings) -> WordView:
    vocabulary = {word: place for place, word in enumerate(["[UNK]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    return WordView(tokenizer, **settings).fit(texts)


def test_pieces_that_the_history_never_had_are_unknown():
    words = view(["vpn down", "vpn down", "printer jams", "printer jams"])
    assert unknown_pieces(words, ["vpn jams", "vpn quokka", "zebra quokka"]).tolist() == [0.0, 0.5, 1.0]


def test_a_text_without_pieces_has_no_share():
    assert len(unknown_pieces(view(["vpn down", "vpn down"]), ["", "vpn"])) == 1


def test_a_text_learnt_from_is_read_as_if_it_had_been_left_out():
    texts = ["vpn down", "vpn down", "vpn printer", "vpn printer", "vpn jams again", "vpn"]
    told = unknown_pieces(view(texts), texts, learnt_from=len(texts))
    for place, text in enumerate(texts):
        others = view(texts[:place] + texts[place + 1 :])
        assert told[place] == pytest.approx(unknown_pieces(others, [text])[0])


def test_bins_hold_every_number_once_and_an_edge_belongs_below():
    assert bin_counts(np.array([0.0, 0.5, 0.6, 2.0]), [0.5, 1.0]).tolist() == [2, 1, 1]


def test_values_beyond_the_commonest_are_counted_together():
    found = count_values([f"v{place}" for place in range(150)] + ["v7"])
    assert next(iter(found["counts"])) == "v7"
    assert len(found["counts"]) == 100
    assert found["others"] == 50


def test_the_reference_tells_of_the_newest_fifth_and_holds_no_text_and_no_person():
    history = [
        PastTicket(
            Ticket(
                f"T-{day}",
                "vpn down" if day % 2 else "printer jams",
                created_at=START + timedelta(days=day),
                channel="web" if day >= 40 else "mail",
                requester="user-secret",
            ),
            {"category": "wifi" if day % 2 else "print"},
        )
        for day in range(50)
    ]
    found = make_reference(
        history,
        Taxonomy({}, {"category": {"wifi": "network"}}),
        words=view([past.ticket.subject for past in history]),
        familiarity=np.linspace(0, 1, 20),
        confidence={"category": np.linspace(0.4, 0.9, 30)},
        ordered=True,
    )
    assert found["tickets"] == 10
    assert found["first"].startswith("2026-02-10")
    assert found["values"]["channel"] == {"counts": {"web": 10}, "others": 0}
    assert found["labels"]["category"]["counts"] == {"network": 5, "print": 5}
    assert found["numbers"]["unknown_words"]["mean"] == 0.0
    assert sum(found["confidence"]["category"]["counts"]) == 30
    assert "secret" not in repr(found) and "down" not in repr(found)
