import json
import signal
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.children import CONTEXT, die_at, in_a_child
from triage.errors import ConflictError, NotFoundError
from triage.registry import KEPT_HISTORY, Pointers, Registry

VERSIONS = ("v1", "v2", "v3")


def stand(models: Path, *versions: str, workspace: str = "acme") -> Registry:
    """A registry with bundles of these versions; it looks only at whether a manifest is there."""
    for version in versions:
        folder = models / workspace / version
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text("{}")
    return Registry(models)


@pytest.fixture
def registry(tmp_path) -> Registry:
    return stand(tmp_path / "models", *VERSIONS)


def test_where_nothing_was_registered_nothing_is_promoted(tmp_path):
    registry = Registry(tmp_path / "models")
    assert registry.pointers("acme") == Pointers(None, None, ())
    assert (registry.workspaces(), registry.versions("acme")) == ([], [])
    assert not (tmp_path / "models").exists()


def test_a_fresh_version_is_the_challenger_until_it_is_promoted(registry):
    registry.promote("acme", "v1")
    registry.register("acme", "v2")
    assert registry.pointers("acme") == Pointers("v1", "v2", ())
    registry.promote("acme", "v2")
    assert registry.pointers("acme") == Pointers("v2", None, ("v1",))


def test_rolling_back_returns_to_the_champions_in_reverse_order(registry):
    for version in VERSIONS:
        registry.promote("acme", version)
    assert [registry.rollback("acme"), registry.rollback("acme")] == ["v2", "v1"]
    assert registry.pointers("acme") == Pointers("v1", "v2", ())
    with pytest.raises(ConflictError, match="Promote a version by name"):
        registry.rollback("acme")
    assert registry.pointers("acme") == Pointers("v1", "v2", ())


def test_promoting_the_champion_again_does_not_make_it_its_own_predecessor(registry):
    registry.promote("acme", "v1")
    registry.promote("acme", "v1")
    assert registry.pointers("acme").previous == ()


def test_a_rollback_to_a_bundle_that_is_gone_is_refused_and_moves_nothing(registry):
    registry.promote("acme", "v1")
    registry.promote("acme", "v2")
    (registry.models / "acme" / "v1" / "manifest.json").unlink()
    with pytest.raises(NotFoundError, match="v1"):
        registry.rollback("acme")
    assert registry.pointers("acme") == Pointers("v2", None, ("v1",))


@pytest.mark.parametrize("version", ["v9", "", ".", "..", "../acme/v1", "v1/", ".v1.draft", "\0", "/etc"])
def test_a_version_that_is_not_there_or_no_plain_name_is_refused(registry, version):
    for move in (registry.promote, registry.register, registry.folder):
        with pytest.raises(NotFoundError, match="v1, v2, v3"):
            move("acme", version)
    assert not registry.path.exists()


def test_drafts_are_no_versions(registry):
    (registry.models / "acme" / ".v4.draft").mkdir()
    (registry.models / "acme" / ".v4.draft" / "manifest.json").write_text("{}")
    assert registry.versions("acme") == ["v1", "v2", "v3"]


def test_workspaces_do_not_touch_each_other(registry):
    stand(registry.models, "w1", workspace="other")
    registry.promote("other", "w1")
    registry.promote("acme", "v1")
    assert registry.workspaces() == ["acme", "other"]
    assert registry.pointers("other").champion == "w1"
    with pytest.raises(NotFoundError):
        registry.promote("acme", "w1")


def test_the_history_keeps_the_latest_moves(registry):
    for turn in range(KEPT_HISTORY + 5):
        registry.promote("acme", VERSIONS[turn % 3])
    history = json.loads(registry.path.read_text())["acme"]["history"]
    assert len(history) == KEPT_HISTORY
    assert {entry["what"] for entry in history} == {"promote"}


def promote_one(models: str, version: str) -> None:
    Registry(Path(models)).promote("acme", version)


def test_promotes_at_the_same_time_wait_for_each_other_and_none_is_lost(tmp_path):
    versions = [f"v{number:02}" for number in range(24)]
    registry = stand(tmp_path / "models", *versions)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda version: promote_one(str(registry.models), version), versions))
    pointers = registry.pointers("acme")
    assert sorted([*pointers.previous, pointers.champion]) == versions


def test_promotes_of_several_processes_wait_for_each_other_too(tmp_path):
    versions = [f"v{number:02}" for number in range(12)]
    registry = stand(tmp_path / "models", *versions)
    children = [CONTEXT.Process(target=promote_one, args=(str(registry.models), one)) for one in versions]
    for child in children:
        child.start()
    for child in children:
        child.join()
    pointers = registry.pointers("acme")
    assert sorted([*pointers.previous, pointers.champion]) == versions


def test_a_reader_never_finds_half_a_file(registry):
    registry.promote("acme", "v1")
    stop = threading.Event()

    def move() -> None:
        while not stop.is_set():
            registry.promote("acme", "v2")
            registry.promote("acme", "v3")

    mover = threading.Thread(target=move)
    mover.start()
    try:
        seen = {Registry(registry.models).pointers("acme").champion for _ in range(2_000)}
    finally:
        stop.set()
        mover.join()
    assert seen <= {"v1", "v2", "v3"}


def promote_until(steps: int, models: Path) -> None:
    def counts(event: str, given: tuple) -> bool:
        is_ours = str(models) in f"{given}" and "v2" not in f"{given}"
        return event == "fcntl.flock" or (event in ("open", "os.rename") and is_ours)

    die_at(steps, counts)
    promote_one(str(models), "v2")


def test_a_crash_at_any_step_of_a_promotion_leaves_the_old_pointer_or_the_new_one(registry):
    registry.promote("acme", "v1")
    seen = []
    for steps in range(20):
        code = in_a_child(promote_until, steps, registry.models)
        seen.append(registry.pointers("acme").champion)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert seen[-1] == "v1"
    assert len(seen) > 3 and seen[-1] == "v2"
    registry.promote("acme", "v3")  # Neither a lock nor a draft of the dead stands in the way.
    assert registry.pointers("acme").previous == ("v1", "v2")


class Moves(RuleBasedStateMachine):
    """Any moves in any order, beside a model of a stack."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.registry = stand(Path(self.folder.name), *VERSIONS)
        self.champions: list[str] = []
        self.challenger: str | None = None

    @rule(version=st.sampled_from(VERSIONS))
    def promote(self, version):
        self.registry.promote("acme", version)
        if self.champions[-1:] != [version]:
            self.champions.append(version)
            self.challenger = None if self.challenger == version else self.challenger

    @rule(version=st.sampled_from(VERSIONS))
    def register(self, version):
        self.registry.register("acme", version)
        self.challenger = version

    @rule()
    def rollback(self):
        if len(self.champions) < 2:
            with pytest.raises(ConflictError):
                self.registry.rollback("acme")
            return
        self.challenger = self.champions.pop()
        assert self.registry.rollback("acme") == self.champions[-1]

    @invariant()
    def pointers_are_the_models(self):
        pointers = self.registry.pointers("acme")
        assert [*pointers.previous, pointers.champion] == (self.champions or [None])
        assert pointers.challenger == self.challenger

    def teardown(self):
        self.folder.cleanup()


TestMoves = Moves.TestCase
TestMoves.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
