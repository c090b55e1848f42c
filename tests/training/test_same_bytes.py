"""One history gives the same files and decisions, whatever the process, its threads and the rows' order."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from tests.trained import KEY, TARGETS, Trained
from training.canonical_pickle import dump_canonical
from training.config import TrainingConfig
from training.train import train_bundle
from triage.bundle import Bundle
from triage.engine import triage_tickets
from triage.policy import Policy

REPOSITORY = Path(__file__).parents[2]
CHILD = """
import os, random, sys
from pathlib import Path
sample, out, cache = map(Path, sys.argv[1:4])
cores, seed = sys.argv[4:]
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(cores)])
from training.config import TrainingConfig
from training.history import read_articles, read_history, read_links
from training.train import train_bundle
rows = [
    read_history(sample / "tickets.csv").tickets,
    read_articles(sample / "articles.csv").articles[:12],
    read_links(sample / "links.csv").links,
]
for part in rows:
    random.Random(int(seed)).shuffle(part)
config = TrainingConfig(targets=("category", "subcategory", "team"), target_precision=0.6)
train_bundle(
    rows[0], config=config, out=out, key=bytes(range(32)), articles=rows[1], links=rows[2], cache=cache
)
"""


def start(
    trained: Trained, out: Path, *, cores: int, seed: int, cache: Path | None = None
) -> subprocess.Popen[bytes]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LOKY_MAX_CPU_COUNT")
    environment = os.environ | dict.fromkeys(names, str(cores)) | {"PYTHONHASHSEED": str(seed)}
    sample = trained.folder.parent / "sample"
    if cache is None:
        cache = out.parent / "cache"  # of its own: what one learnt must not be what the other finds
        shutil.copytree(trained.cache, cache, ignore=shutil.ignore_patterns("learnt"))
    command = [sys.executable, "-c", CHILD, *map(str, (sample, out, cache, cores, seed))]
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment)


@pytest.fixture(scope="module")
def twins(trained: Trained, tmp_path_factory) -> list[Path]:
    """Two bundles of one history: one core and two, other hash seeds, rows shuffled otherwise."""
    folder = tmp_path_factory.mktemp("twins")
    outs = [folder / "one" / "first", folder / "two" / "second"]
    running = [start(trained, out, cores=place + 1, seed=place + 1) for place, out in enumerate(outs)]
    assert [process.wait(timeout=900) for process in running] == [0, 0]
    return outs


@pytest.mark.proof
def test_every_file_is_the_same_to_the_byte(twins):
    one, other = (json.loads((folder / "manifest.json").read_text()) for folder in twins)
    assert {"model.joblib", "knowledge.joblib", "card.html"} <= set(one["files"])
    assert one["files"] == other["files"]


@pytest.mark.proof
def test_what_was_learnt_before_gives_the_same_files(twins, trained: Trained, tmp_path):
    cache = twins[0].parent / "cache"
    again = start(trained, tmp_path / "third", cores=1, seed=1, cache=cache)
    assert again.wait(timeout=900) == 0
    kept = {path.name.split("-")[0] for path in (cache / "learnt").iterdir()}
    assert kept == {"field", "times", "articles", "affinity", "static", "fast"}
    one, third = (
        json.loads((folder / "manifest.json").read_text()) for folder in (twins[0], tmp_path / "third")
    )
    assert one["files"] == third["files"]
    assert third["cost"]["seconds"] < one["cost"]["seconds"]


@pytest.mark.proof
def test_manifests_differ_in_name_and_moment_only(twins):
    one, other = (json.loads((folder / "manifest.json").read_text()) for folder in twins)
    assert {name for name in one if one[name] != other[name]} == {"version", "created_at", "cost"}
    assert one["training"]["config"]["seed"] == 0


@pytest.mark.proof
def test_decisions_are_the_same(twins, trained: Trained):
    tickets = [past.ticket for past in trained.later]
    decided = []
    for folder in twins:
        bundle = Bundle.load(folder, KEY)
        decided.append([one.fields for one in triage_tickets(tickets, bundle.model, "v1", Policy())])
    assert decided[0] == decided[1]


def test_training_keeps_to_one_blas_thread_from_end_to_end(trained: Trained, tmp_path):
    seen: set[int] = set()

    def look(stage: str, share: float) -> None:
        seen.update(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")

    with threadpool_limits(limits=2, user_api="blas"):
        train_bundle(
            trained.history[:60],
            config=TrainingConfig(targets=TARGETS),
            out=tmp_path / "bundle",
            key=KEY,
            cache=trained.cache,
            progress=look,
        )
    assert seen == {1}


def test_equal_strings_are_written_as_one(tmp_path):
    apart = ["network", "".join(["net", "work"])]
    together = [apart[0], apart[0]]
    for name, value in (("apart", apart), ("together", together)):
        dump_canonical(value, tmp_path / name)
    assert (tmp_path / "apart").read_bytes() == (tmp_path / "together").read_bytes()
    assert joblib.load(tmp_path / "apart") == apart


def test_sets_are_written_in_order_whatever_the_seed_of_hashes(tmp_path):
    value = "frozenset({('low', 'high'), ('high', 'low'), ('low', 'low')}), {'a', 'b', 'c', 'd'}"
    code = "import sys; from pathlib import Path; from training.canonical_pickle import dump_canonical; "
    for seed in ("1", "2", "3"):
        command = [
            sys.executable,
            "-c",
            f"{code}dump_canonical(({value}), Path(sys.argv[1]))",
            tmp_path / seed,
        ]
        subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
    assert len({(tmp_path / seed).read_bytes() for seed in ("1", "2", "3")}) == 1
    pairs, letters = joblib.load(tmp_path / "1")
    assert pairs == {("low", "high"), ("high", "low"), ("low", "low")} and letters == set("abcd")
