import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from training.card import render_card
from training.confusion import confused_pairs, confusion_matrix
from training.metrics import held_out_metrics
from triage.bundle import Manifest
from triage.policy import Promise
from triage.taxonomy import Taxonomy

LABELS = ("access", "billing <b>&</b> refunds", "network")


REFERENCE = {
    "tickets": 400,
    "first": "2025-09-01T00:00:00+00:00",
    "last": "2026-02-27T00:00:00+00:00",
    "values": {"channel": {"counts": {"mail": 300, "web": 100}, "others": 0}},
    "labels": {"category": {"counts": {"access": 400}, "others": 0}},
    "numbers": {"unknown_words": {"mean": 0.031, "edges": [0.02], "counts": [200, 200]}},
    "confidence": {},
}
PEERS = {
    "majority": {"accuracy": 0.34, "top3": 1.0, "log_loss": 1.1},
    "words alone": {"accuracy": 0.85, "top3": 1.0, "log_loss": 0.5},
}


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
            "reference": REFERENCE,
        },
        cost={"seconds": 61.0, "processor_seconds": 100.0, "peak_memory_bytes": 3 * 2**30},
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
        "1 label of the past leads",
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


def test_the_card_tells_what_the_training_cost_and_what_later_tickets_are_compared_with():
    page = render_card(manifest())
    for said in (
        "61 seconds",
        "3.0 GiB",
        "The 400 tickets at the end of the history",
        "3.1% on average",
        "mail 75.0%",
    ):
        assert said in page, said


def test_the_card_is_made_again_from_the_signed_bytes_alone():
    made = manifest(category=facts() | {"peers": PEERS})
    assert render_card(Manifest.from_bytes(made.to_bytes())) == render_card(made)


def test_peers_stand_beside_the_model_where_training_judged_them():
    page = render_card(manifest(category=facts() | {"peers": PEERS}))
    assert "Beside the usual pipelines" in page
    assert "words alone, is right in 85.0%" in page
    ahead = 100 * (facts()["metrics"]["accuracy"] - 0.85)
    assert f"{ahead:+.1f}" in page
    assert "Beside the usual pipelines" not in render_card(manifest())


def test_a_paired_difference_is_shown_with_its_interval_and_a_better_peer_is_a_warning():
    better = {
        "accuracy": 0.95,
        "top3": 0.99,
        "log_loss": 0.2,
        "accuracy_difference": -0.05,
        "accuracy_difference_low": -0.08,
        "accuracy_difference_high": -0.02,
    }
    page = render_card(manifest(category=facts() | {"peers": {"concatenated": better}}))
    assert "(-8.0 to -2.0)" in page
    assert re.search(r'class="warn">The best of the usual pipelines, concatenated', page)


def test_confusions_and_slices_of_held_out_tickets_are_shown():
    truth, said = ["access"] * 5 + ["network"] * 5, ["access"] * 3 + ["network"] * 7
    one = {
        "slice": "channel",
        "value": "fax",
        "tickets": 40,
        "accuracy": 0.4,
        "coverage": 0.1,
        "precision": None,
        "precision_lower_bound": 0.0,
        "differs": "worse",
    }
    found = {
        "confusions": confused_pairs(truth, said),
        "confusion_matrix": confusion_matrix(truth, said),
        "slices": [one],
    }
    page = render_card(manifest(category=facts() | found))
    for said_so in ("Most often confused", "What is taken for what", "40.0%", "fax", 'class="text worse"'):
        assert said_so in page, said_so


def test_a_card_can_be_made_of_a_bundle_that_kept_none_of_the_newer_facts():
    old = manifest()
    training = {name: value for name, value in old.training.items() if name != "reference"}
    page = render_card(
        Manifest(old.version, old.created_at, old.fields, old.taxonomy, 1, old.data_hash, training)
    )
    assert "compared with" not in page
    assert "Cost of the training" not in page


def test_every_null_band_is_drawn_inside_the_picture():
    bands = re.findall(r'class="band" d="M([\d.]+) ([\d.]+)V([\d.]+)"', render_card(manifest()))
    assert bands
    for x, low, high in bands:
        assert 40 <= float(x) <= 350
        assert 10 <= float(high) <= float(low) <= 200


RUNGS = [{"level": "linear", "members": ["words"], "accuracy": 0.9876, "log_loss": 0.111}]


def test_the_ladder_of_a_field_that_answers_with_another_says_that_it_is_of_its_own_model():
    own = facts() | {"ladder": RUNGS}
    whole = manifest(category=own, subcategory=own, team=own, priority=own | {"priority_from": "both"})
    pair = {"parent": "category", "child": "subcategory"}
    page = render_card(replace(whole, training=dict(whole.training) | {"hierarchies": [pair]}))
    lines = [line for line in page.splitlines() if "<dt>Ladder</dt>" in line]
    with_whom = [re.findall(r"answers together with ([\w ]+),", line) for line in lines]
    assert with_whom == [["subcategory"], ["category"], [], ["impact and urgency"]]
    reached = own["metrics"]
    for line, joined in zip(lines, with_whom, strict=True):
        assert "98.8%" in line
        assert ("its own model by itself" in line) == bool(joined)
        assert (f"{reached['accuracy']:.1%} (log loss {reached['log_loss']:.3f})" in line) == bool(joined)


def test_the_card_tells_what_a_missing_form_costs():
    told = {"tickets": 400, "accuracy": 0.7123, "coverage": 0.4567, "precision": 0.8901, "reason": None}
    silent = told | {"tickets": 0, "reason": "Only the form tells it <here>."}
    page = render_card(with_formless({"category": told, "team": silent}))
    section = page[page.index('id="without-a-form"') :]
    section = section[: section.index("</section>")]
    category, team = re.findall(r"<tr><td>(?:category|team)</td>.*?</tr>", section)
    with_form = [f"{facts()['metrics'][name]:.1%}" for name in ("accuracy", "coverage")]
    assert re.findall(r"[\d.]+%", category) == [with_form[0], "71.2%", with_form[1], "45.7%", "89.0%"]
    assert "Only the form tells it &lt;here&gt;." in team and "%" not in team
    for nothing in ({}, None):
        assert 'id="without-a-form"' not in render_card(with_formless(nothing))


def with_formless(told) -> Manifest:
    whole = manifest(category=facts(), team=facts())
    return replace(whole, training=dict(whole.training) | {"formless": told})
