import os
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from tests.children import CONTEXT
from triage import folder_swap
from triage.folder_swap import put_in_place


def folder(path: Path, word: str) -> Path:
    path.mkdir()
    (path / "word").write_text(word)
    return path


def word_in(path: Path) -> str:
    return (path / "word").read_text()


def test_where_nothing_stood_the_folder_stands_now(tmp_path):
    assert put_in_place(folder(tmp_path / "draft", "new"), tmp_path / "target") is None
    assert word_in(tmp_path / "target") == "new"
    assert not (tmp_path / "draft").exists()


def test_what_stood_there_is_handed_back(tmp_path):
    target = folder(tmp_path / "target", "old")
    old = put_in_place(folder(tmp_path / "draft", "new"), target)
    assert (word_in(target), word_in(old)) == ("new", "old")


def look_for(path: Path, done: Event, missing: Synchronized) -> None:
    while not done.is_set():
        try:
            os.stat(path)
        except FileNotFoundError:
            missing.value += 1


def test_a_reader_finds_a_folder_at_every_moment(tmp_path):
    target, draft = folder(tmp_path / "target", "a"), folder(tmp_path / "draft", "b")
    done, missing = CONTEXT.Event(), CONTEXT.Value("i", 0)
    reader = CONTEXT.Process(target=look_for, args=(target / "word", done, missing))
    reader.start()
    try:
        for _ in range(3_000):
            draft = put_in_place(draft, target)
    finally:
        done.set()
        reader.join()
    assert missing.value == 0


def test_without_the_exchange_the_result_is_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_swap, "_exchange", lambda one, other: False)
    target = folder(tmp_path / "target", "old")
    old = put_in_place(folder(tmp_path / "draft", "new"), target)
    assert (word_in(target), word_in(old)) == ("new", "old")


@pytest.mark.parametrize("exchange", [True, False])
def test_a_move_that_fails_leaves_what_stood_there(tmp_path, monkeypatch, exchange):
    if not exchange:
        monkeypatch.setattr(folder_swap, "_exchange", lambda one, other: False)
    target = folder(tmp_path / "target", "old")
    with pytest.raises(OSError):
        put_in_place(tmp_path / "never-made", target)
    assert word_in(target) == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["target"]
