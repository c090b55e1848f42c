from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import joblib
import pytest

from triage.bundle import Bundle, Manifest, read_manifest, seal, verify_bundle
from triage.errors import BundleError, SignatureError
from triage.taxonomy import Taxonomy

KEY = b"k" * 32
MANIFEST = Manifest(
    version="v1",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    fields={"category": {"level": "linear"}},
    taxonomy=Taxonomy.from_labels({"category": ["mail", "vpn"]}),
    feature_version=1,
    data_hash="0" * 64,
    training={},
)


class Payload:
    """What an attacker would put into a bundle: reading it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.mark,)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    draft = tmp_path / "draft"
    (draft / "encoder").mkdir(parents=True)
    joblib.dump([1.0, 2.0], draft / "model.joblib")
    (draft / "encoder" / "model.onnx").write_bytes(b"weights")
    seal(draft, tmp_path / "v1", MANIFEST, KEY)
    return tmp_path / "v1"


def test_a_sealed_bundle_says_what_was_sealed(bundle: Path):
    manifest = verify_bundle(bundle, KEY)
    assert manifest.version == "v1" and manifest.taxonomy == MANIFEST.taxonomy
    assert set(manifest.files) == {"model.joblib", "encoder/model.onnx"}


def flip_a_bit(bundle: Path) -> None:
    content = bytearray((bundle / "model.joblib").read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / "model.joblib").write_bytes(content)


def add_a_file(bundle: Path) -> None:
    (bundle / "encoder" / "extra.py").write_text("print()")


def take_a_file(bundle: Path) -> None:
    (bundle / "encoder" / "model.onnx").unlink()


def link_a_file(bundle: Path) -> None:
    (bundle / "model.joblib").rename(bundle.parent / "elsewhere")
    (bundle / "model.joblib").symlink_to(bundle.parent / "elsewhere")


def edit_the_manifest(bundle: Path) -> None:
    path = bundle / "manifest.json"
    path.write_text(path.read_text().replace('"linear"', '"hybrid"'))


def lose_the_signature(bundle: Path) -> None:
    (bundle / "manifest.sig").unlink()


@pytest.mark.parametrize(
    "harm", [flip_a_bit, add_a_file, take_a_file, link_a_file, edit_the_manifest, lose_the_signature]
)
def test_a_bundle_that_is_not_as_it_was_signed_is_refused(bundle: Path, harm: Callable[[Path], None]):
    harm(bundle)
    with pytest.raises(SignatureError):
        verify_bundle(bundle, KEY)


def test_another_machines_key_opens_nothing(bundle: Path):
    with pytest.raises(SignatureError, match="did not sign"):
        verify_bundle(bundle, b"x" * 32)


def test_nothing_is_unpickled_before_the_signature_holds(bundle: Path, tmp_path: Path):
    mark = tmp_path / "mark"
    joblib.dump(Payload(mark), bundle / "model.joblib")
    with pytest.raises(SignatureError):
        Bundle.load(bundle, KEY)
    assert not mark.exists()


def test_a_folder_that_is_no_bundle_is_neither_read_nor_replaced(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "one.jpg").write_bytes(b"")
    (tmp_path / "draft").mkdir()
    with pytest.raises(BundleError, match=r"expected a bundle folder"):
        read_manifest(tmp_path / "photos", KEY)
    with pytest.raises(BundleError, match=r"other than a bundle"):
        seal(tmp_path / "draft", tmp_path / "photos", MANIFEST, KEY)
    assert (tmp_path / "photos" / "one.jpg").exists()
