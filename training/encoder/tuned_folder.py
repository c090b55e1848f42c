"""The folder of a tuned encoder: the encoder, those that judge it, and what it was tuned on.

``encoder/`` and ``judge-0/``, ``judge-1/``, ... are encoder folders; ``encoder.npz``, ``judge-0.npz``, ...
hold the softmax of each, ``tickets.npz`` hashes of the tickets that each was tuned on; ``tuning.json`` names
them all. No torch here: a worker trains with a tuned encoder without it.
"""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from features.encoder import SentenceEncoder
from features.encoder_folder import find_encoder, read_encoder
from training.encoder.judging import SeenTickets
from training.encoder.own_head import OwnHead, heads_from_bytes, heads_to_bytes
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
    heads : tuple of dict of str to OwnHead
        By field, the encoder's and then each judge's; empty where the encoder is not tuned.
    seen : SeenTickets, optional
        What the tuning had.
    facts : Mapping
        ``tuning.json``; empty for an encoder that is not tuned.
    """

    encoder: SentenceEncoder
    judges: tuple[SentenceEncoder, ...]
    heads: tuple[Mapping[str, OwnHead], ...]
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
        return ChosenEncoder(SentenceEncoder.load(files, threads=threads), (), (), None, {})
    facts = _read_facts(place)
    opened, heads = [], []
    for name, expected in [("encoder", facts["encoder"]), *_judge_names(facts["judges"])]:
        one = SentenceEncoder.open(place / name, threads=threads)
        if one.fingerprint != expected:
            raise BundleError(
                f"Got {place / name} with fingerprint {one.fingerprint}; expected {expected}. {_REMEDY}"
            )
        opened.append(one)
        heads.append(heads_from_bytes(_read_checked(place / f"{name}.npz", facts["files"])))
    with np.load(io.BytesIO(_read_checked(place / TICKETS, facts["files"])), allow_pickle=False) as kept:
        seen = SeenTickets(kept["ids"], kept["contents"], kept["learnt"], kept["judged"])
    return ChosenEncoder(opened[0], tuple(opened[1:]), tuple(heads), seen, facts)


def write_tuning(
    draft: Path,
    seen: SeenTickets,
    encoder: str,
    judges: Sequence[str],
    heads: Sequence[Mapping[str, OwnHead]],
    facts: Mapping[str, Any],
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
    heads : sequence of dict of str to OwnHead
        The encoder's, then each judge's.
    facts : Mapping
        Whatever else ``tuning.json`` shall say.
    """
    np.savez_compressed(
        draft / TICKETS, ids=seen.ids, contents=seen.contents, learnt=seen.learnt, judged=seen.judged
    )
    names = [name for name, _ in [("encoder", encoder), *_judge_names(judges)]]
    for name, own in zip(names, heads, strict=True):
        (draft / f"{name}.npz").write_bytes(heads_to_bytes(own))
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(draft.glob("*.npz"))}
    document = {"format": FORMAT, "encoder": encoder, "judges": list(judges), "files": files, **facts}
    (draft / TUNING).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _judge_names(judges: Sequence[str]) -> list[tuple[str, str]]:
    return [(f"judge-{place}", fingerprint) for place, fingerprint in enumerate(judges)]


def _read_facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / TUNING).read_text(encoding="utf-8"))
        version = facts["format"]
        texts = [facts["encoder"], *facts["judges"], *facts["files"].values()]
        is_whole = all(isinstance(one, str) for one in texts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BundleError(
            f"Got a damaged {folder / TUNING}; expected JSON with `format`, `encoder`, `judges` and "
            f"`files`. {_REMEDY}"
        ) from error
    if version != FORMAT:
        raise IncompatibleBundleError(
            f"Got tuning format {version!r} in {folder / TUNING}; expected {FORMAT}. Tune again with this "
            "version of triage."
        )
    if not is_whole or not facts["judges"]:
        raise BundleError(f"Got {folder / TUNING} without judging encoders; expected one or more. {_REMEDY}")
    return dict(facts)


def _read_checked(path: Path, hashes: Mapping[str, str]) -> bytes:
    expected = hashes.get(path.name)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BundleError(f"Cannot read {path} ({error.strerror}); expected it. {_REMEDY}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise BundleError(f"Got {path} with SHA-256 {found}; expected {expected}. {_REMEDY}")
    return content
