import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.embedding_cache import CachedEncoder
from features.encoder import Encoder
from triage.errors import InputError, UnavailableError

SOURCE = Path(__file__).resolve().parents[2]


class HashingEncoder(Encoder):
    """Makes a unit vector out of a text's hash and counts what it was asked."""

    dimension = 8
    fingerprint = "ab" * 32

    def __init__(self):
        self.asked = []

    def encode(self, texts, *, batch_size=32, progress=None):
        self.asked += list(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            row[:] = np.frombuffer(
                hashlib.sha256(text.encode("utf-8", "replace")).digest()[:8], dtype=np.uint8
            )
            row /= np.linalg.norm(row)
        if progress is not None and len(texts):
            progress(len(texts))
        return vectors


def plain(texts):
    return HashingEncoder().encode(texts)


def subfolder(folder):
    return folder / f"{'ab' * 16}-8"


def test_the_second_run_of_the_same_texts_does_no_inference(tmp_path):
    texts = ["printer", "login", "printer", ""]
    CachedEncoder(HashingEncoder(), tmp_path).encode(texts)
    later = HashingEncoder()
    np.testing.assert_array_equal(CachedEncoder(later, tmp_path).encode(texts), plain(texts))
    assert later.asked == []


def test_a_text_that_comes_twice_is_encoded_once(tmp_path):
    encoder = HashingEncoder()
    CachedEncoder(encoder, tmp_path).encode(["printer", "login", "printer"])
    assert encoder.asked == ["printer", "login"]


def test_only_new_texts_are_encoded(tmp_path):
    encoder = HashingEncoder()
    cached = CachedEncoder(encoder, tmp_path)
    cached.encode(["printer"])
    np.testing.assert_array_equal(cached.encode(["login", "printer"]), plain(["login", "printer"]))
    assert encoder.asked == ["printer", "login"]


def test_no_text_gives_no_rows_and_writes_nothing(tmp_path):
    assert CachedEncoder(HashingEncoder(), tmp_path / "cache").encode([]).shape == (0, 8)
    assert not (tmp_path / "cache").exists()


def test_another_encoder_never_gets_these_vectors(tmp_path):
    CachedEncoder(HashingEncoder(), tmp_path).encode(["printer"])
    other = HashingEncoder()
    other.fingerprint = "cd" * 32
    CachedEncoder(other, tmp_path).encode(["printer"])
    assert other.asked == ["printer"]


def test_progress_counts_found_and_repeated_texts(tmp_path):
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode(["a"])
    heard = []
    cached.encode(["a", "b", "b", "c"], progress=heard.append)
    assert heard == [1, 3, 4]


def test_one_string_instead_of_a_list_is_refused(tmp_path):
    with pytest.raises(InputError, match="Put it into a list"):
        CachedEncoder(HashingEncoder(), tmp_path).encode("printer")


@given(
    runs=st.lists(st.lists(st.text(max_size=3), max_size=8), max_size=4),
    cuts=st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=4),
)
@settings(max_examples=40, deadline=None)
def test_a_file_cut_anywhere_costs_time_and_never_truth(tmp_path_factory, runs, cuts):
    folder = tmp_path_factory.mktemp("cache")
    for number, texts in enumerate(runs):
        np.testing.assert_array_equal(CachedEncoder(HashingEncoder(), folder).encode(texts), plain(texts))
        if number < len(cuts) and subfolder(folder).exists():
            of_keys, length = cuts[number]
            path = subfolder(folder) / ("keys.bin" if of_keys else "vectors.f32")
            os.truncate(path, max(0, path.stat().st_size - length))


def test_a_damaged_vector_is_made_anew_and_then_kept(tmp_path):
    CachedEncoder(HashingEncoder(), tmp_path).encode(["printer", "login"])
    path = subfolder(tmp_path) / "vectors.f32"
    raw = bytearray(path.read_bytes())
    raw[5] ^= 1
    path.write_bytes(raw)
    encoder = HashingEncoder()
    np.testing.assert_array_equal(CachedEncoder(encoder, tmp_path).encode(["printer"]), plain(["printer"]))
    CachedEncoder(encoder, tmp_path).encode(["printer", "login"])
    assert encoder.asked == ["printer"]


def test_a_cache_deleted_under_a_running_encoder_is_begun_anew(tmp_path):
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    cached.encode(["printer", "login"])
    for path in subfolder(tmp_path).iterdir():
        path.unlink()
    subfolder(tmp_path).rmdir()
    np.testing.assert_array_equal(cached.encode(["login", "new"]), plain(["login", "new"]))
    np.testing.assert_array_equal(cached.encode(["printer", "new"]), plain(["printer", "new"]))


def test_vectors_are_private_to_their_owner(tmp_path):
    CachedEncoder(HashingEncoder(), tmp_path).encode(["printer"])
    assert (subfolder(tmp_path) / "vectors.f32").stat().st_mode & 0o077 == 0


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UnavailableError, match="writable folder"):
        CachedEncoder(HashingEncoder(), tmp_path / "file").encode(["printer"])


def test_no_file_stays_open(tmp_path):
    cached = CachedEncoder(HashingEncoder(), tmp_path)
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    for number in range(50):
        cached.encode([f"ticket {number}", "printer"])
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    assert after <= before


WRITER = """
import sys
sys.path.insert(0, {source!r})
from pathlib import Path
from features.embedding_cache import CachedEncoder
from tests.features.test_embedding_cache import HashingEncoder
cached = CachedEncoder(HashingEncoder(), Path({folder!r}))
print("ready", flush=True)
number = 0
while number < {most}:
    cached.encode([f"ticket {{(number + step) % 997}} of {name}" for step in range(7)] + ["shared"])
    number += 7
"""


def start_writer(folder, name, most):
    code = WRITER.format(source=str(SOURCE), folder=str(folder), name=name, most=most)
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    writer.stdout.readline()
    return writer


def test_two_processes_write_at_once_and_lose_nothing(tmp_path):
    writers = [start_writer(tmp_path, name, 210) for name in ("a", "b")]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    for writer in writers:
        writer.stdout.close()
    texts = [f"ticket {number} of {name}" for number in range(210) for name in ("a", "b")]
    later = HashingEncoder()
    np.testing.assert_array_equal(CachedEncoder(later, tmp_path).encode(texts), plain(texts))
    assert later.asked == []


def test_writers_killed_at_any_moment_leave_a_true_cache(tmp_path):
    texts = [f"ticket {number} of killed" for number in range(997)]
    for wait in (0.0, 0.01, 0.03, 0.07):
        writer = start_writer(tmp_path, "killed", 10**9)
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(timeout=wait)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        np.testing.assert_array_equal(
            CachedEncoder(HashingEncoder(), tmp_path).encode(texts[:50]), plain(texts[:50])
        )
