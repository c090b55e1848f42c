import json
import shutil

import numpy as np
import pytest

from features.encoder_folder import find_encoder
from tests.training.test_train import history
from training.encoder.build import build_encoder
from training.encoder.judging import note_tickets, plan_parts
from training.encoder.own_head import OwnHead
from training.encoder.tuned_folder import TUNING, open_encoder, write_tuning
from triage.errors import BundleError, IncompatibleBundleError

pytestmark = [pytest.mark.encoder, pytest.mark.proof]

HEADS = {"category": OwnHead(("a", "b"), np.ones((2, 32), np.float32), np.zeros(2, np.float32))}
SEEN = note_tickets(history(30), plan_parts(np.arange(30) % 3, True))


@pytest.fixture(scope="module")
def made(tiny_model, tmp_path_factory):
    """A tuned encoder's folder with two judging encoders; copy it before spoiling anything."""
    folder = tmp_path_factory.mktemp("tuned") / "ours"
    folder.mkdir()
    reports = [
        build_encoder(str(tiny_model), folder / name, tuned={"tickets": place})
        for place, name in enumerate(("encoder", "judge-0", "judge-1"))
    ]
    prints = [report.fingerprint for report in reports]
    write_tuning(folder, SEEN, prints[0], prints[1:], [HEADS, HEADS, {}], {"pays": True})
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "ours")


def rewrite(folder, **changes):
    facts = json.loads((folder / TUNING).read_text())
    (folder / TUNING).write_text(json.dumps(facts | changes))


def test_what_was_written_is_read_back(folder):
    chosen = open_encoder(folder)
    assert chosen.encoder.tuned == {"tickets": 0} and chosen.facts["pays"]
    assert [judge.tuned["tickets"] for judge in chosen.judges] == [1, 2]
    assert chosen.heads[0]["category"].labels == ("a", "b") and chosen.heads[2] == {}
    np.testing.assert_array_equal(chosen.heads[1]["category"].weights, 1.0)
    for name in ("ids", "contents", "learnt", "judged"):
        np.testing.assert_array_equal(getattr(chosen.seen, name), getattr(SEEN, name))


def test_an_encoder_that_is_not_tuned_needs_no_judges():
    chosen = open_encoder(find_encoder())
    assert chosen.judges == () and chosen.seen is None and chosen.encoder.tuned == {}


def test_a_tuned_encoder_is_refused_without_those_that_judge_it(folder):
    with pytest.raises(BundleError, match="without its judging encoders"):
        open_encoder(folder / "encoder")
    rewrite(folder, judges=[])
    with pytest.raises(BundleError, match="one or more"):
        open_encoder(folder)


def test_a_judge_that_was_replaced_by_the_encoder_itself_is_refused(folder):
    shutil.rmtree(folder / "judge-1")
    shutil.copytree(folder / "encoder", folder / "judge-1")
    with pytest.raises(BundleError, match="fingerprint"):
        open_encoder(folder)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "tickets.npz").write_bytes(b"none"), "SHA-256"),
        (lambda folder: (folder / "tickets.npz").unlink(), "Cannot read"),
        (lambda folder: (folder / "judge-0.npz").write_bytes(b"none"), "SHA-256"),
        (lambda folder: (folder / TUNING).write_text("{"), "damaged"),
        (lambda folder: (folder / TUNING).write_text('{"format": 1}'), "damaged"),
        (lambda folder: shutil.rmtree(folder / "judge-0"), "expected a manifest"),
    ],
)
def test_a_damaged_folder_is_refused(folder, spoil, message):
    spoil(folder)
    with pytest.raises(BundleError, match=message):
        open_encoder(folder)


def test_a_folder_of_another_format_is_refused(folder):
    rewrite(folder, format=2)
    with pytest.raises(IncompatibleBundleError, match="format 2"):
        open_encoder(folder)
