"""The folder of a tuned encoder: the encoder, those that judge it, and what it was tuned on.

``encoder/`` and ``judge-0/``, ``judge-1/``, ... are encoder folders; ``tickets.npz`` holds hashes of the
tickets that each was tuned on; ``tuning.json`` names them all. No torch here: a worker trains with a tuned
encoder without it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.encoder import SentenceEncoder
from features.encoder_folder import find_encoder, read_encoder
from training.encoder.judging import SeenTickets
from triage.errors import BundleError, IncompatibleBundleError

__all__ = ["TUNING", "ChosenEncoder", "open_encoder", "write_tuning"]

FORMAT = 1
TUNING = "tuning.json"
TICKETS = "tickets.npz"
_REMEDY = "Give the folder as `triage encoder tune` made it, or tune again."


@dataclass(frozen=True, slots=True, eq=False)
class ChosenEncoder:
    """The encoder that a training uses.

    Parameters
    ----------
    encoder : SentenceEncoder
        What the bundle will carry.
    judges : tuple of SentenceEncoder
        Of a tuned encoder: those that have not seen the tickets which they judge. Empty for any other.
    seen : SeenTickets, optional
        What the tuning had.
    facts : Mapping
        ``tuning.json``; empty for an encoder that is not tuned.
    """

    encoder: SentenceEncoder
    judges: tuple[SentenceEncoder, ...]
    seen: SeenTickets | None
    facts: Mapping[str, Any]


def open_encoder(folder: Path | None = None, *, threads: int = 1) -> ChosenEncoder:
    """Open an encoder for training: any encoder folder, or a tuned encoder with its judges.

    Parameters
    ----------
    folder : Path, optional
        Default: ``$TRIAGE_ENCODER``, else the shipped encoder.
    threads : int, default=1
        Texts encoded at the same time.

    Raises
    ------
    BundleError
        If a file is damaged, or a tuned encoder comes without those that judge it: it has seen the labels of
        every ticket of its history, and would promise too much.
    """
    place = folder if folder is not None else find_encoder()
    if not (place / TUNING).is_file():
        files = read_encoder(place)
        if "tuned" in files.recipe:
            raise BundleError(
                f"Got {place}, a tuned encoder without its judging encoders; expected the folder above it, "
                f"which holds {TUNING}. {_REMEDY}"
            )
        return ChosenEncoder(SentenceEncoder.load(files, threads=threads), (), None, {})
    facts = _read_facts(place)
    opened = []
    for name, expected in [("encoder", facts["encoder"]), *_judge_names(facts["judges"])]:
        one = SentenceEncoder.open(place / name, threads=threads)
        if one.fingerprint != expected:
            raise BundleError(
                f"Got {place / name} with fingerprint {one.fingerprint}; expected {expected}. {_REMEDY}"
            )
        opened.append(one)
    return ChosenEncoder(opened[0], tuple(opened[1:]), _read_tickets(place, facts["tickets_sha256"]), facts)


def write_tuning(
    draft: Path, seen: SeenTickets, encoder: str, judges: list[str], facts: Mapping[str, Any]
) -> None:
    """Complete a folder that holds the encoders already.

    Parameters
    ----------
    draft : Path
        The folder.
    seen : SeenTickets
        What was tuned on.
    encoder : str
        Fingerprint of ``encoder/``.
    judges : list of str
        Fingerprints of ``judge-0/`` and on.
    facts : Mapping
        Whatever else ``tuning.json`` shall say.
    """
    np.savez_compressed(
        draft / TICKETS, ids=seen.ids, contents=seen.contents, learnt=seen.learnt, judged=seen.judged
    )
    digest = hashlib.sha256((draft / TICKETS).read_bytes()).hexdigest()
    document = {"format": FORMAT, "encoder": encoder, "judges": judges, "tickets_sha256": digest, **facts}
    (draft / TUNING).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _judge_names(judges: list[str]) -> list[tuple[str, str]]:
    return [(f"judge-{place}", fingerprint) for place, fingerprint in enumerate(judges)]


def _read_facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / TUNING).read_text(encoding="utf-8"))
        version = facts["format"]
        is_whole = all(isinstance(facts[name], str) for name in ("encoder", "tickets_sha256")) and all(
            isinstance(one, str) for one in facts["judges"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"Got a damaged {folder / TUNING}; expected JSON with `format`, `encoder`, `judges` and "
            f"`tickets_sha256`. {_REMEDY}"
        ) from error
    if version != FORMAT:
        raise IncompatibleBundleError(
            f"Got tuning format {version!r} in {folder / TUNING}; expected {FORMAT}. Tune again with this "
            "version of triage."
        )
    if not is_whole or not facts["judges"]:
        raise BundleError(f"Got {folder / TUNING} without judging encoders; expected one or more. {_REMEDY}")
    return dict(facts)


def _read_tickets(folder: Path, expected: str) -> SeenTickets:
    path = folder / TICKETS
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BundleError(f"Cannot read {path} ({error.strerror}); expected it. {_REMEDY}") from error
    if found != expected:
        raise BundleError(f"Got {path} with SHA-256 {found}; expected {expected}. {_REMEDY}")
    with np.load(path, allow_pickle=False) as kept:
        return SeenTickets(kept["ids"], kept["contents"], kept["learnt"], kept["judged"])
