import json
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import joblib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.children import die_at, in_a_child
from tests.serving.fakes import FakeModel
from tests.trained import KEY, copy_of
from triage.bundle import Bundle, Manifest, read_manifest, seal, verify_bundle
from triage.errors import BundleError, IncompatibleBundleError, SignatureError
from triage.signing import sign
from triage.taxonomy import Taxonomy

MANIFEST = Manifest(
    version="v1",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    fields={"category": {"level": "linear", "labels": 2}},
    taxonomy=Taxonomy.from_labels({"category": ["Zürich", "b"]}),
    feature_version=1,
    data_hash="0" * 64,
    training={"tickets": 10},
)


class Evil:
    """What an attacker would plant: unpickling it leaves a trace."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def draft_in(folder: Path, content: str = "one") -> Path:
    draft = folder / ".draft"
    (draft / "encoder").mkdir(parents=True)
    joblib.dump(FakeModel(), draft / "model.joblib")
    (draft / "encoder" / "notes.txt").write_text(content)
    return draft


@pytest.fixture
def sealed(tmp_path) -> Path:
    seal(draft_in(tmp_path), tmp_path / "v1", MANIFEST, KEY)
    return tmp_path / "v1"


def refuses(folder: Path, match: str | None = None, key: bytes = KEY) -> None:
    """Both doors refuse the bundle, and nothing in it was unpickled: the trace is not there."""
    trace = folder.parent / "trace"
    for door in (verify_bundle, Bundle.load):
        with pytest.raises(SignatureError, match=match):
            door(folder, key)
    assert not trace.exists()


def plant(folder: Path) -> None:
    joblib.dump(Evil(folder.parent / "trace"), folder / "model.joblib")


def test_the_planted_model_would_run_if_it_were_loaded(sealed):
    plant(sealed)
    joblib.load(sealed / "model.joblib")
    assert (sealed.parent / "trace").is_dir()


def test_a_sealed_bundle_is_loaded_and_says_what_it_is(sealed):
    bundle = Bundle.load(sealed, KEY, threads=3)
    assert (bundle.version, bundle.suggester, bundle.model.threads) == ("v1", None, 3)
    assert set(bundle.manifest.files) == {"model.joblib", "encoder/notes.txt"}
    assert replace(bundle.manifest, files={}) == MANIFEST
    assert Manifest.from_bytes(bundle.manifest.to_bytes()) == bundle.manifest


def test_a_model_put_in_its_place_is_never_unpickled(sealed):
    plant(sealed)
    refuses(sealed, "changed bytes")


def test_a_model_and_a_manifest_by_another_key_are_never_unpickled(sealed):
    plant(sealed)
    other = bytes(32)
    content = read_manifest(sealed, KEY).to_bytes()
    (sealed / "manifest.sig").write_text(sign(other, content) + "\n")
    refuses(sealed, "did not sign")
    fresh = draft_in(sealed.parent)
    plant(fresh)
    seal(fresh, sealed, MANIFEST, other)
    refuses(sealed, "did not sign")


def test_the_wrong_key_opens_nothing(sealed):
    plant(sealed)
    refuses(sealed, "TRIAGE_SIGNING_KEY", key=bytes(32))


def test_a_file_more_or_less_is_noticed(sealed):
    (sealed / "encoder" / "more.txt").write_text("")
    refuses(sealed, "not signed.*encoder/more.txt")
    (sealed / "encoder" / "more.txt").unlink()
    (sealed / "encoder" / "notes.txt").unlink()
    refuses(sealed, "missing")


@pytest.mark.parametrize("name", ["encoder/notes.txt", "model.joblib", "encoder", "new"])
def test_a_link_is_refused_even_to_the_very_same_bytes(sealed, name):
    place, aside = sealed / name, sealed.parent / "aside"
    if place.exists():
        place.rename(aside)
    else:
        aside.write_text("x")
    place.symlink_to(aside)
    refuses(sealed, "link")


@pytest.mark.parametrize("signature", [None, "", "0" * 64, "é"])
def test_a_signature_that_is_gone_or_made_up_is_refused(sealed, signature):
    (sealed / "manifest.sig").unlink()
    if signature is not None:
        (sealed / "manifest.sig").write_text(signature, encoding="utf-8")
    refuses(sealed, "did not sign")


def test_the_manifest_of_another_bundle_does_not_fit(sealed):
    seal(draft_in(sealed.parent, "two"), sealed.parent / "v2", replace(MANIFEST, version="v2"), KEY)
    for name in ("manifest.json", "manifest.sig"):
        (sealed.parent / "v2" / name).rename(sealed / name)
    refuses(sealed, "changed bytes")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_flipped_bit_anywhere_is_noticed(sealed, data):
    files = sorted(path for path in sealed.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files), label="file")
    good = path.read_bytes()
    end = len(good) - (path.name == "manifest.sig")  # After the signature a line may end in any way.
    place = data.draw(st.integers(0, end - 1), label="byte")
    bad = bytearray(good)
    bad[place] ^= 1 << data.draw(st.integers(0, 7), label="bit")
    path.write_bytes(bad)
    try:
        refuses(sealed)
    finally:
        path.write_bytes(good)
    verify_bundle(sealed, KEY)


def test_one_flipped_bit_in_a_real_models_encoder_is_noticed(trained, tmp_path):
    folder = copy_of(trained, tmp_path / "copy")
    verify_bundle(folder, KEY)
    with (folder / "encoder" / "model.onnx").open("r+b") as file:
        file.seek(1_000_000)
        byte = file.read(1)[0]
        file.seek(1_000_000)
        file.write(bytes([byte ^ 16]))
    refuses(folder, "model.onnx")


def test_a_folder_that_is_no_bundle_is_called_so(tmp_path):
    for door in (read_manifest, verify_bundle, Bundle.load):
        with pytest.raises(BundleError, match="triage train"):
            door(tmp_path, KEY)
    (tmp_path / "manifest.json").write_bytes(b" " * (16 * 2**20 + 1))
    with pytest.raises(BundleError, match="not one of ours"):
        read_manifest(tmp_path, KEY)


def test_a_bundle_of_a_later_format_is_refused_with_the_remedy(tmp_path):
    seal(draft_in(tmp_path), tmp_path / "v1", replace(MANIFEST, format=2), KEY)
    with pytest.raises(IncompatibleBundleError, match=r"format 2.*Train it again"):
        Bundle.load(tmp_path / "v1", KEY)


def test_sealing_again_replaces_the_bundle_and_leaves_nothing_behind(sealed):
    seal(draft_in(sealed.parent, "two"), sealed, replace(MANIFEST, version="v2"), KEY)
    assert Bundle.load(sealed, KEY).version == "v2"
    assert [path.name for path in sealed.parent.iterdir()] == ["v1"]


def test_a_folder_of_something_else_is_never_replaced(tmp_path):
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "thesis.txt").write_text("years of work")
    with pytest.raises(BundleError, match="other than a bundle"):
        seal(draft_in(tmp_path), tmp_path / "v1", MANIFEST, KEY)
    assert [path.name for path in (tmp_path / "v1").iterdir()] == ["thesis.txt"]


def seal_in_a_child(folder: Path, steps: int) -> bool:
    """Seal a second bundle over the first in a process that dies at a step; True when it came to the end."""
    code = in_a_child(seal_until, steps, draft_in(folder, "two"), folder)
    assert code in (0, -signal.SIGKILL)
    return code == 0


def seal_until(steps: int, draft: Path, folder: Path) -> None:
    moves = ("open", "os.rename", "os.remove", "os.rmdir")
    die_at(steps, lambda event, given: event in moves and str(folder) in f"{given}")
    seal(draft, folder / "v1", replace(MANIFEST, version="v2"), KEY)


def test_a_seal_killed_between_any_two_steps_leaves_the_old_bundle_or_the_new_one(tmp_path):
    seen = []
    for steps in range(40):
        folder = tmp_path / str(steps)
        folder.mkdir()
        seal(draft_in(folder), folder / "v1", MANIFEST, KEY)
        ended = seal_in_a_child(folder, steps)
        seen.append((ended, verify_bundle(folder / "v1", KEY).version))
        if ended:
            break
    assert seen == sorted(seen)
    assert {(False, "v1"), (False, "v2"), (True, "v2")} == set(seen)


def test_the_manifest_is_json_that_people_can_read(sealed):
    document = json.loads((sealed / "manifest.json").read_text(encoding="utf-8"))
    assert document["taxonomy"]["labels"]["category"][0]["name"] == "Zürich"
    assert "Zürich" in (sealed / "manifest.json").read_text(encoding="utf-8")
    assert document["files"]["model.joblib"]["bytes"] == (sealed / "model.joblib").stat().st_size
