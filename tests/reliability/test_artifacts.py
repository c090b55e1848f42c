"""Spoilt, foreign and malicious bundles are refused before any loader sees a byte (T12)."""

import io
import os
import pickle
import random
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import joblib
import pytest

import triage.bundle
from serving.model_host import ModelHost
from tests.serving.fakes import promote_fake, seal_fake
from triage.bundle import Bundle
from triage.errors import BundleError
from triage.registry import Registry
from triage.signing import signing_key

Spoil = Callable[[Path, random.Random, Path], None]


class Payload:
    """Leaves a mark where it is loaded."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def files(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


def flip_a_bit(folder: Path, chance: random.Random, mark: Path) -> None:
    path = chance.choice(files(folder))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut_off(folder: Path, chance: random.Random, mark: Path) -> None:
    path = chance.choice(files(folder))
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def empty(folder: Path, chance: random.Random, mark: Path) -> None:
    chance.choice(files(folder)).write_bytes(b"")


def swap(folder: Path, chance: random.Random, mark: Path) -> None:
    one, other = chance.sample(files(folder), 2)
    one_bytes, other_bytes = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_bytes)
    other.write_bytes(one_bytes)


def evil_pickle(folder: Path, chance: random.Random, mark: Path) -> None:
    joblib.dump(Payload(mark), folder / "model.joblib")


def evil_pickle_beside(folder: Path, chance: random.Random, mark: Path) -> None:
    name = chance.choice(("knowledge.joblib", "affinity.joblib", "duplicates.joblib"))
    joblib.dump(Payload(mark), folder / name)


def code_beside(folder: Path, chance: random.Random, mark: Path) -> None:
    (folder / "encoder").mkdir(exist_ok=True)
    (folder / "encoder" / "modeling.py").write_text(f"import os; os.mkdir({str(mark)!r})")


def asks_for_gigabytes(folder: Path, chance: random.Random, mark: Path) -> None:
    """A few bytes whose loading would ask for four gigabytes of memory."""
    content = pickle.dumps(b"")[:-3] + b"\x8e" + (4 << 30).to_bytes(8, "little")
    (folder / "model.joblib").write_bytes(content)


def unpacks_to_gigabytes(folder: Path, chance: random.Random, mark: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x", "w") as member:
        for _ in range(48):
            member.write(b"\0" * 1_000_000)
    (folder / "model.joblib").write_bytes(packed.getvalue())


def signed_by_another(folder: Path, chance: random.Random, mark: Path) -> None:
    evil_pickle(folder, chance, mark)
    other = folder.parent / f".other-{chance.random()}"
    made = seal_fake(other, "v2", key=bytes(32))
    for name in ("manifest.json", "manifest.sig", "model.joblib"):
        (folder / name).write_bytes((made / name).read_bytes())


def a_manifest_of_its_own(folder: Path, chance: random.Random, mark: Path) -> None:
    """The version and the package versions that it claims are not those that were signed."""
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"v2"', '"v3"').replace('"rows": 100', '"rows": 101'))


DEEDS: tuple[Spoil, ...] = (
    flip_a_bit,
    cut_off,
    empty,
    swap,
    evil_pickle,
    evil_pickle_beside,
    code_beside,
    asks_for_gigabytes,
    unpacks_to_gigabytes,
    signed_by_another,
    a_manifest_of_its_own,
)


@pytest.mark.parametrize("count", [66, pytest.param(500, marks=pytest.mark.reliability)])
def test_a_spoilt_bundle_is_refused_before_anything_is_loaded(
    tmp_path: Path, count: int, monkeypatch: pytest.MonkeyPatch
):
    chance, mark = random.Random(0), tmp_path / "it-ran"
    sound = seal_fake(tmp_path, "v2")
    kept = {one.relative_to(sound): one.read_bytes() for one in files(sound)}
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    loaded = []
    really = joblib.load
    monkeypatch.setattr(triage.bundle.joblib, "load", lambda *a, **k: loaded.append(a) or really(*a, **k))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused = 0
    for number in range(count):
        DEEDS[number % len(DEEDS)](sound, chance, mark)
        with pytest.raises(BundleError):
            Bundle.load(sound, key)
        refused += 1
        for one in files(sound):
            one.unlink()
        for name, content in kept.items():
            (sound / name).write_bytes(content)
    assert refused == count and loaded == [] and not mark.exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert Bundle.load(sound, key).version == "v2" and len(loaded) == 1  # The sound one is not refused.


@pytest.mark.parametrize("deed", DEEDS)
def test_the_last_good_model_answers_on(tmp_path: Path, deed: Spoil):
    promote_fake(tmp_path, "v1")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    host = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=60)
    host.refresh()
    folder = seal_fake(tmp_path, "v2")
    deed(folder, random.Random(1), tmp_path / "it-ran")
    Registry(tmp_path / "models").promote("acme", "v2")
    host.refresh()
    assert host.bundle("acme").version == "v1" and set(host.failures) == {"acme"}
    assert not (tmp_path / "it-ran").exists()
