import json

import pytest
from typer.testing import CliRunner

from features.encoder_folder import find_encoder, read_encoder
from training.cli.encoder import app
from triage.errors import BundleError, ConflictError

pytestmark = pytest.mark.encoder


def test_verify_prints_json_and_nothing_else():
    result = CliRunner().invoke(app, ["verify", "--json"])
    assert result.exit_code == 0
    printed = json.loads(result.output)
    assert printed["fingerprint"] == read_encoder(find_encoder()).fingerprint
    assert printed["dimension"] == 384


def test_verify_prints_a_table_for_people():
    result = CliRunner().invoke(app, ["verify"])
    assert result.exit_code == 0
    assert "cosine_mean" in result.output


def test_verify_raises_what_is_wrong_with_a_folder(tmp_path):
    with pytest.raises(BundleError, match="manifest"):
        CliRunner().invoke(app, ["verify", str(tmp_path)], catch_exceptions=False)


def test_build_refuses_a_folder_that_exists(tmp_path):
    model, out = tmp_path / "model", tmp_path / "out"
    for folder in (model, out):
        folder.mkdir()
    (model / "model.safetensors").write_bytes(b"")
    (model / "modules.json").write_text("[]")
    with pytest.raises(ConflictError, match="another --out"):
        CliRunner().invoke(app, ["build", "--model", str(model), "--out", str(out)], catch_exceptions=False)
