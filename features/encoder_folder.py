"""Finds an encoder folder and reads it, every byte checked against its manifest first.

An encoder folder holds ``model.onnx``, ``tokenizer.json``, ``recipe.json``, ``probes.json``, licence texts
and ``manifest.json`` with the size and SHA-256 of each of them. This file does not run the encoder
(:mod:`features.encoder`) nor make one (:mod:`training.encoder`). The manifest guards against damage and
mixed-up files; whoever may write the folder may also rewrite the manifest, so pin the fingerprint elsewhere
where that matters, as a signed bundle can.
"""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.errors import BundleError, ConfigurationError, IncompatibleBundleError

__all__ = ["FORMAT", "MANIFEST", "STOCK", "EncoderFiles", "find_encoder", "fingerprint_of", "read_encoder"]

FORMAT = 1
MANIFEST = "manifest.json"
STOCK = "all-MiniLM-L6-v2"
_REQUIRED = ("model.onnx", "probes.json", "recipe.json", "tokenizer.json")
_MANIFEST_BYTES_MAX = 65_536


@dataclass(frozen=True)
class EncoderFiles:
    """The verified contents of an encoder folder.

    Attributes
    ----------
    folder : Path
        Where they were read.
    model : bytes
        The ONNX graph: token ids of one text in, one unit vector out.
    tokenizer : str
        The tokenizer, in the JSON of the ``tokenizers`` library.
    recipe : dict
        What it was made from and how; ``dimension``, ``max_tokens`` and ``max_chars`` among it.
    probes : dict
        ``texts`` and their full-precision ``vectors``, to check a machine's arithmetic.
    fingerprint : str
        Hex; changes when model, tokenizer or recipe changes.
    """

    folder: Path
    model: bytes
    tokenizer: str
    recipe: dict[str, Any]
    probes: dict[str, Any]
    fingerprint: str


def find_encoder() -> Path:
    """Return the folder of the shipped encoder.

    Looks at ``$TRIAGE_ENCODER``, then beside the source tree, then where a wheel installs it.

    Raises
    ------
    ConfigurationError
        If ``$TRIAGE_ENCODER`` names no folder.
    BundleError
        If the encoder is in none of these places.
    """
    given = os.environ.get("TRIAGE_ENCODER")
    if given:
        if not Path(given).is_dir():
            raise ConfigurationError(
                f"Got TRIAGE_ENCODER={given!r}, which is no folder; expected an encoder folder. "
                "Correct the variable, or unset it to use the shipped encoder."
            )
        return Path(given)
    places = [
        Path(__file__).resolve().parent.parent / "models" / "encoders" / STOCK,
        Path(sys.prefix) / "share" / "triage" / "encoders" / STOCK,
    ]
    for place in places:
        if (place / MANIFEST).is_file():
            return place
    raise BundleError(
        f"Found no encoder in {' or '.join(map(str, places))}; expected the shipped {STOCK}. "
        "Reinstall triage, or set TRIAGE_ENCODER to a folder made by `triage encoder build`."
    )


def fingerprint_of(hashes: dict[str, str]) -> str:
    """Return the fingerprint that follows from the SHA-256 of model, tokenizer and recipe.

    Examples
    --------
    >>> fingerprint_of({"model.onnx": "a", "tokenizer.json": "b", "recipe.json": "c"})[:8]
    'ea7fb08b'
    """
    parts = [hashes[name] for name in ("model.onnx", "tokenizer.json", "recipe.json")]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def read_encoder(folder: Path) -> EncoderFiles:
    """Read an encoder folder, refusing whatever its manifest does not vouch for.

    Parameters
    ----------
    folder : Path
        A folder made by ``triage encoder build``.

    Returns
    -------
    EncoderFiles
        The bytes that were hashed: nothing is read twice.

    Raises
    ------
    BundleError
        If a file is missing, unlisted, of another size or of another hash, or the manifest is unreadable.
    IncompatibleBundleError
        If the folder was written in another format.
    """
    listed = _read_manifest(folder)
    present = {path.name for path in folder.iterdir()} - {MANIFEST}
    if unlisted := sorted(present - set(listed)):
        raise BundleError(
            f"Got {unlisted} in {folder}, which its manifest does not list; expected only {sorted(listed)}. "
            "Remove them, or build the encoder again."
        )
    contents = {name: _read_checked(folder / name, entry) for name, entry in listed.items()}
    hashes = {name: entry["sha256"] for name, entry in listed.items()}
    return EncoderFiles(
        folder=folder,
        model=contents["model.onnx"],
        tokenizer=contents["tokenizer.json"].decode(),
        recipe=json.loads(contents["recipe.json"]),
        probes=json.loads(contents["probes.json"]),
        fingerprint=fingerprint_of(hashes),
    )


def _read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / MANIFEST
    remedy = "Give a folder made by `triage encoder build`, or build the encoder again."
    try:
        with path.open("rb") as file:
            raw = file.read(_MANIFEST_BYTES_MAX)
        manifest = json.loads(raw)
        version, listed = manifest["format"], manifest["files"]
        well_formed = all(
            isinstance(entry["sha256"], str) and isinstance(entry["bytes"], int) and Path(name).name == name
            for name, entry in listed.items()
        )
    except OSError as error:
        raise BundleError(f"Cannot read {path} ({error.strerror}); expected a manifest. {remedy}") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BundleError(
            f"Got a damaged {path}; expected JSON with `format` and `files`. {remedy}"
        ) from error
    if version != FORMAT:
        raise IncompatibleBundleError(
            f"Got encoder format {version!r} in {path}; expected {FORMAT}. "
            "Build the encoder again with this version of triage."
        )
    if missing := [name for name in _REQUIRED if name not in listed]:
        raise BundleError(f"The manifest {path} lists no {missing}; expected all of {_REQUIRED}. {remedy}")
    if not well_formed:
        raise BundleError(f"Got a damaged {path}; expected `sha256` and `bytes` for plain names. {remedy}")
    return dict(listed)


def _read_checked(path: Path, entry: dict[str, Any]) -> bytes:
    expected, size = entry["sha256"], entry["bytes"]
    try:
        with path.open("rb") as file:
            raw = file.read(size + 1)  # one more than listed: enough to see that a file has grown
    except OSError as error:
        raise BundleError(
            f"Cannot read {path} ({error.strerror}), which the manifest lists. Build the encoder again."
        ) from error
    found = hashlib.sha256(raw).hexdigest()
    if len(raw) != size or found != expected:
        raise BundleError(
            f"Got {path} with SHA-256 {found}; expected {expected} ({size} bytes). "
            "The file is damaged or replaced: restore it, or build the encoder again."
        )
    return raw
