import importlib.util
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

import features.encoder_folder
from features.encoder_folder import STOCK, find_encoder, read_encoder
from triage.errors import BundleError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Return the module as if installed away from the source tree, and its environment's folder."""
    monkeypatch.delenv("TRIAGE_ENCODER", raising=False)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    copy = tmp_path / "site-packages" / "features" / "encoder_folder.py"
    copy.parent.mkdir(parents=True)
    shutil.copyfile(features.encoder_folder.__file__, copy)
    spec = importlib.util.spec_from_file_location("installed_encoder_folder", copy)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module, tmp_path / "environment"


def test_an_installed_wheel_finds_the_encoder_where_the_wheel_puts_it(installed):
    module, environment = installed
    packaging = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    ((target, sources),) = [item for item in packaging.items() if "encoders" in item[0]]
    shutil.copytree(find_encoder(), environment / target)
    assert sources == [f"models/encoders/{STOCK}/*"]
    assert module.find_encoder() == environment / target


def test_an_installation_without_the_encoder_says_so(installed):
    module, _ = installed
    with pytest.raises(BundleError, match="Reinstall"):
        module.find_encoder()


def test_the_source_tree_carries_the_encoder(monkeypatch):
    monkeypatch.delenv("TRIAGE_ENCODER", raising=False)
    assert find_encoder() == ROOT / "models" / "encoders" / STOCK


def test_a_verified_folder_gives_what_was_hashed():
    files = read_encoder(find_encoder())
    assert len(files.model) > 20_000_000
    assert files.recipe["name"] == STOCK
    assert len(files.fingerprint) == 64
