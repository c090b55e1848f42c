import hashlib
import json
import shutil

import pytest

from training.encoder.source import STOCK_WEIGHTS_SHA256, find_source
from triage.errors import InputError, NotFoundError


@pytest.fixture
def model_folder(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    modules = [{"type": "sentence_transformers.models.Transformer"}]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder


def test_a_folder_of_data_is_found_with_the_hash_of_its_weights(model_folder):
    source = find_source(str(model_folder))
    assert source.name == "model"
    assert source.weights == {"model.safetensors": hashlib.sha256(b"weights").hexdigest()}


@pytest.mark.parametrize(
    "name", ["modeling.py", "pytorch_model.bin", "sub/x.pt", "x.pkl", "X.PKL", "a.joblib"]
)
def test_a_folder_with_code_or_pickles_is_refused(model_folder, name):
    path = model_folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    with pytest.raises(InputError, match="expected data only"):
        find_source(str(model_folder))


def test_a_folder_without_weights_is_refused(model_folder):
    (model_folder / "model.safetensors").unlink()
    with pytest.raises(InputError, match="safetensors"):
        find_source(str(model_folder))


@pytest.mark.parametrize("modules", ["", "{}x", "[1]", "[{}]", "3"])
def test_a_folder_with_damaged_modules_is_refused(model_folder, modules):
    (model_folder / "modules.json").write_text(modules)
    with pytest.raises(InputError, match=r"modules\.json"):
        find_source(str(model_folder))


def test_a_module_from_elsewhere_is_refused(model_folder):
    (model_folder / "modules.json").write_text(json.dumps([{"type": "os.system"}]))
    with pytest.raises(InputError, match=r"os\.system"):
        find_source(str(model_folder))


@pytest.mark.parametrize("name", ["no/such-model", "no-such-model", "../../etc"])
def test_a_name_that_is_nowhere_is_refused(name, tmp_path, monkeypatch):
    pytest.importorskip("huggingface_hub", reason="names need the train extra")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # From a checkout near the root, ../../etc would be a folder.
    with pytest.raises(NotFoundError, match="expected a folder"):
        find_source(name)


def test_the_stock_weights_are_the_published_ones():
    try:
        source = find_source()
    except NotFoundError:
        pytest.skip("the package with the stock weights is not installed")
    assert source.weights == {"model.safetensors": STOCK_WEIGHTS_SHA256}


def test_a_folder_named_as_the_stock_model_is_still_read_as_the_stock_model(model_folder, monkeypatch):
    shutil.copytree(model_folder, model_folder.parent / "all-MiniLM-L6-v2")
    monkeypatch.chdir(model_folder.parent)
    try:
        found = find_source("all-MiniLM-L6-v2").folder
    except NotFoundError:
        pytest.skip("the package with the stock weights is not installed")
    assert found != model_folder.parent / "all-MiniLM-L6-v2"
