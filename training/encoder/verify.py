"""Checks an encoder folder on this machine: its bytes by hash, its arithmetic against stored fp32 vectors.

A processor or a runtime that multiplies 8-bit numbers wrongly (saturation) would go unnoticed otherwise. The
build ends with this check. No torch here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.encoder import SentenceEncoder
from features.encoder_folder import find_encoder, read_encoder
from triage.errors import BundleError

__all__ = ["COSINE_MIN", "PROBES", "EncoderReport", "verify_encoder"]

# A compiled encoder further than this from fp32 is broken, not merely rounded; ADR 0008 has the stock one's.
COSINE_MIN = 0.95

# Texts whose fp32 vectors are stored with each encoder: empty, short, long, shouting, another language.
PROBES = (
    "",
    "Printer",
    "Cannot log in since this morning",
    "After the update Thunderbird asks for my IMAP password again and again, although I have saved it twice.",
    "URGENT!!! Production database is DOWN - ERROR 0x80070005, tickets #4411 and #4412",
    "Bonjour, je n'arrive plus à ouvrir les pièces jointes depuis hier, merci de votre aide.",
    "Please reset the badge of our new colleague; she starts on Monday in building 7, second floor. " * 4,
    "The export fails with a timeout after thirty seconds. " * 40,
)


@dataclass(frozen=True)
class EncoderReport:
    """What a verified encoder is, and how true it runs here.

    Attributes
    ----------
    folder : Path
    name : str
    fingerprint : str
    dimension, max_tokens : int
    bytes : int
        Size of the whole folder.
    cosine_mean, cosine_min : float
        Against fp32 sentence-transformers on the stored texts.
    """

    folder: Path
    name: str
    fingerprint: str
    dimension: int
    max_tokens: int
    bytes: int
    cosine_mean: float
    cosine_min: float


def verify_encoder(folder: Path | None = None) -> EncoderReport:
    """Verify an encoder folder and run it.

    Parameters
    ----------
    folder : Path, optional
        Default: the shipped encoder.

    Raises
    ------
    BundleError
        As :meth:`features.encoder.SentenceEncoder.open`, or if a vector is further from fp32 than
        :data:`COSINE_MIN`.
    """
    files = read_encoder(folder if folder is not None else find_encoder())
    encoder = SentenceEncoder.load(files)
    mean, least = _cosines(encoder, files.probes)
    if not least >= COSINE_MIN:
        raise BundleError(
            f"Got a cosine of {least:.3f} between the encoder in {files.folder} and the full model; "
            f"expected at least {COSINE_MIN}. Either the model's architecture or prompts are not supported, "
            "or this processor or onnxruntime miscalculates 8-bit products: use another model or machine."
        )
    return EncoderReport(
        folder=files.folder,
        name=str(files.recipe["name"]),
        fingerprint=files.fingerprint,
        dimension=encoder.dimension,
        max_tokens=encoder.max_tokens,
        bytes=sum(path.stat().st_size for path in files.folder.iterdir()),
        cosine_mean=mean,
        cosine_min=least,
    )


def _cosines(encoder: SentenceEncoder, probes: dict[str, Any]) -> tuple[float, float]:
    cosines = (encoder.encode(probes["texts"]) * np.array(probes["vectors"], dtype=np.float32)).sum(axis=1)
    return float(cosines.mean()), float(cosines.min())
