import json
import shutil

import pytest

from features.encoder_folder import find_encoder
from training.encoder.build import seal
from training.encoder.verify import PROBES, verify_encoder
from triage.errors import BundleError

pytestmark = pytest.mark.encoder


def test_the_shipped_encoder_is_true_on_this_machine():
    report = verify_encoder()
    assert report.cosine_mean > 0.99
    assert report.cosine_min > 0.97  # the empty text's; every other one is above 0.99
    assert report.bytes < 25_000_000


def test_an_encoder_that_miscalculates_is_refused(tmp_path):
    folder = shutil.copytree(find_encoder(), tmp_path / "encoder")
    probes = json.loads((folder / "probes.json").read_text())
    probes["vectors"].reverse()
    (folder / "probes.json").write_text(json.dumps(probes))
    seal(folder)
    with pytest.raises(BundleError, match="miscalculates"):
        verify_encoder(folder)


def test_the_stored_texts_include_the_empty_one_and_one_beyond_the_limit():
    assert "" in PROBES
    assert max(map(len, PROBES)) > 2000
