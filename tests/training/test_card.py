import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from training.card import render_card
from training.metrics import held_out_metrics
from triage.bundle import Manifest
from triage.policy import Promise
from triage.taxonomy import Taxonomy

LABELS = ("access", "billing <b>&</b> refunds", "network")


def facts(accuracy: float = 0.9, thresholds=(0.5, 0.5, None), tickets: int = 400):
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, tickets)
    said = np.where(random.random(tickets) < accuracy, classes, (classes + 1) % 3)
    probabilities = np.full((tickets, 3), (1 - accuracy) / 2)
    probabilities[np.arange(tickets), said] = accuracy
    promise = Promise(0.8, dict(zip(LABELS, thresholds, strict=True)), 0.5)
    return {
        "level": "hybrid",
        "labels": 3,
        "tickets": 2_000,
        "target_precision": 0.8,
        "penalties": {"words": 3.0, "joint": 10.0},
        "weights": {"words": 0.4, "joint": 0.7},
        "metrics": held_out_metrics(probabilities, classes, LABELS, promise),
    }


def manifest(ordered: bool = True, **fields) -> Manifest:
    return Manifest(
        version="20260301-1",
        created_at=datetime(2026, 3, 1, 8, tzinfo=UTC),
        fields=fields or {"category": facts()},
        taxonomy=Taxonomy.from_labels({"category": LABELS}, merged={"category": {"wifi": "network"}}),
        feature_version=1,
        data_hash="ab" * 32,
        training={
            "tickets": 12_345,
            "first": "2024-01-02T00:00:00+00:00" if ordered else None,
            "last": "2026-02-27T00:00:00+00:00" if ordered else None,
            "ordered": ordered,
            "config": {"targets": (), "target_precision": 0.8, "merged": {}, "seed": 7},
            "encoder": "fedcba9876543210",
            "packages": {"numpy": "2.4.6", "python": "3.11.7"},
        },
    )


class Tags(HTMLParser):
    """Collects tags and checks that they close."""

    def __init__(self, page: str):
        super().__init__()
        self.open, self.seen, self.links = [], set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_card_is_one_whole_page_without_script_and_without_anything_to_fetch():
    tags = Tags(render_card(manifest()))
    assert tags.open == []
    assert "script" not in tags.seen
    assert {"svg", "table", "style"} <= tags.seen
    assert all(link.startswith("#") for link in tags.links)


def test_the_card_tells_what_the_model_learnt_from_and_what_it_reached():
    page = render_card(manifest())
    for said in (
        "12,345",
        "02 January 2024",
        "27 February 2026",
        "ab" * 32,
        "fedcba9876543210",
        "numpy 2.4.6",
        "1 labels of the past",
        f"{facts()['metrics']['accuracy']:.1%}",
        "2 of 3 labels have one",
    ):
        assert said in page, said


def test_labels_cannot_put_markup_on_the_page():
    page = render_card(manifest())
    assert "<b>&</b>" not in page
    assert "billing &lt;b&gt;&amp;&lt;/b&gt; refunds" in page


def test_a_card_of_tickets_without_times_says_so():
    page = render_card(manifest(ordered=False))
    assert "held out at random" in page
    assert "carry no time" in page


def test_every_drawn_coordinate_lies_inside_its_picture():
    page = render_card(manifest())
    for x, y in re.findall(r'cx="([\d.-]+)" cy="([\d.-]+)"', page):
        assert 40 <= float(x) <= 350
        assert 10 <= float(y) <= 200


@pytest.mark.parametrize("level", ["rules", "few-shot", "linear", "hybrid"])
def test_every_level_has_words(level):
    assert level in render_card(manifest(category=facts() | {"level": level}))
