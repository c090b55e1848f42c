"""README, guide and architecture say what is so: their commands run, their names exist, in their order."""

import ast
import json
import os
import re
import shlex
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
import typer
from fastapi.testclient import TestClient

from serving.app import create_app
from serving.cli.main import main, root
from serving.settings import Settings
from training.config import TrainingConfig
from training.history import load_mapping
from triage.ticket import FIELDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
GUIDE = (ROOT / "docs" / "guide.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PAGES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "benchmarks/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]

QUICKER = {
    "sample": ["--tickets", "150", "--until", "2026-11-01"],
    "train": ["--no-track"],
    "replay": ["--retrain", "400d"],
}
"""Added to the guide's commands here: the same work on less, and MLflow has tests of its own."""

NOT_RUN = {"serve", "worker", "up", "doctor", "rollback", "rotate"}
"""These go on until they are stopped, or look at this machine, or need a champion or key from before."""

NAMED = re.compile(r"`((?:triage|features|training|serving)/[\w/]+\.py)`\s+`([\w.]+)`")


def shell(page: str) -> list[list[str]]:
    """The commands in a page's shell blocks, as words."""
    blocks = "".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL))
    lines = blocks.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


def guide_commands() -> list[list[str]]:
    return [words[1:] for words in shell(GUIDE) if words[0] == "triage"]


def save_files(folder: Path) -> None:
    """Write what the guide asks its readers to save."""
    saved = re.findall(r"Save this as `([\w.]+)`(?:(?!```).)*```toml\n(.*?)```", GUIDE, re.DOTALL)
    assert {name for name, _ in saved} >= {"staffing.toml"}
    for name, text in saved:
        (folder / name).write_text(text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home folder after everything in the guide was done."""
    folder = tmp_path_factory.mktemp("guide")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("TRIAGE_", "MLFLOW_"))]:
            patch.delenv(name)
        patch.setenv("TRIAGE_HOME", str(folder / "home"))
        patch.chdir(folder)
        save_files(folder)
        for name, *words in shell(os.path.expandvars(GUIDE)):
            if name in ("mkdir", "cp"):
                subprocess.run([name, *words], check=True)
            elif name == "triage" and not NOT_RUN.intersection(words):
                run(words)
        # The guide has shown modes; those who come after it want every field to say something.
        run(["policy", "set", *(f"--mode={field}=apply" for field in FIELDS)])
        yield folder / "home"


def run(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, *QUICKER.get(words[0], [])])
    assert ended.value.code == 0, "triage " + shlex.join(words)


@pytest.mark.encoder
def test_the_guide_can_be_followed_from_top_to_bottom(home: Path):
    made = {path.name for path in home.parent.iterdir()}
    assert {"desk", "bundles", "check.html", "evaluation.html", "card.html"} <= made
    assert {"predictions.parquet", "suggestions.parquet", "forecast.parquet", "hours.parquet"} <= made
    assert json.loads((home / "models" / "registry.json").read_text())["default"]["champion"] == "first"


def test_the_guides_plans_follow_from_its_sample_and_its_forecasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    save_files(tmp_path)
    commands = [one for one in guide_commands() if one[0] in ("sample", "forecast", "staff")]
    assert [one[0] for one in commands].count("staff") == 4
    for words in commands:
        run(words)
    assert {"PLAN.csv", "shifts.ics"} <= {path.name for path in tmp_path.iterdir()}
    assert "have no shift" not in capsys.readouterr().out


@pytest.mark.parametrize("words", guide_commands(), ids=shlex.join)
def test_a_command_of_the_guide_exists_with_its_options(words: list[str], monkeypatch: pytest.MonkeyPatch):
    command: Any = typer.main.get_command(root)
    context = command.make_context("triage", list(words), resilient_parsing=True)
    while hasattr(command, "get_command"):
        command, words = command.get_command(context, words[0]), words[1:]
        assert command is not None
        context = command.make_context(command.name, list(words), resilient_parsing=True)
    known = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    given = {word for word in words if word.startswith("--")}
    assert given <= known


@pytest.mark.encoder
def test_the_readmes_ticket_gets_an_answer_of_the_shape_that_is_shown(home: Path):
    (request,) = [words for words in shell(README) if words[0] == "curl"]
    assert request[2] == "http://127.0.0.1:8080/v1/triage"
    with serving(home) as client:
        answer = client.post("/v1/triage", json=json.loads(request[-1]), headers=key_of(home))
    assert answer.status_code == 200
    shown = json.loads(re.search(r"```json\n(.*?)```", README, re.DOTALL)[1])
    compare(shown, answer.json())


def test_the_readmes_commands_are_targets_of_the_makefile():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [words[:2] for words in shell(README)[:2]] == [["make", "up"], ["make", "test"]]
    assert {"up", "test"} <= set(targets)


def compare(shown: Any, given: Any, where: str = "answer") -> None:
    """Hold a shortened document against a whole one: same names and kinds, ``...`` for what is left out."""
    if isinstance(shown, dict):
        names = {name for name in shown if name != "..."}
        assert names <= set(given), where
        assert "..." in shown or names == set(given), where
        for name in names:
            compare(shown[name], given[name], f"{where}.{name}")
    elif isinstance(shown, list):
        kept = [one for one in shown if one != "..."]
        assert isinstance(given, list) and (given or not kept or where.endswith(".examples")), where
        for one in kept if given else []:
            compare(one, given[0], f"{where}[]")
    elif shown is not None and shown != "..." and given is not None:
        assert isinstance(given, type(shown)) or {type(given), type(shown)} <= {int, float}, where


@pytest.mark.encoder
def test_a_ticket_walks_through_the_house_in_the_order_told(home: Path):
    steps = NAMED.findall(ARCHITECTURE.partition("\n## ")[0])
    assert 20 <= len(steps) <= 27
    wanted, seen = set(steps), []
    recording = threading.Event()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        # Threads that follow the store do what they do by themselves.
        follows = threading.current_thread().name.endswith(("-host", "housekeeping"))
        if event == "call" and recording.is_set() and not follows:
            name = (frame.f_code.co_filename.removeprefix(f"{ROOT}/"), frame.f_code.co_qualname)
            if name in wanted and name not in seen:
                seen.append(name)

    # Threads take the hook when they start, so it is set before the server makes any.
    threading.setprofile(note)
    try:
        with serving(home) as client:
            headers = key_of(home)
            recording.set()
            ticket = {
                "ticket_id": "T-1",
                "subject": "VPN drops",
                "body": "Every few minutes.",
                "channel": "web",
            }
            assert client.post("/v1/triage", json=ticket, headers=headers).status_code == 200
            recording.clear()
    finally:
        threading.setprofile(None)
    assert seen == steps


def serving(home: Path) -> TestClient:
    return TestClient(create_app(Settings.from_env({"TRIAGE_HOME": str(home), "TRIAGE_POLL_SECONDS": "60"})))


def key_of(home: Path) -> dict[str, str]:
    from serving.home_key import home_key
    from triage.store import open_store

    store = open_store(f"sqlite:///{home / 'triage.db'}")
    try:
        return {"Authorization": f"Bearer {home_key(store, home, 'default')}"}
    finally:
        store.close()


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(ARCHITECTURE))))
def test_a_function_that_the_architecture_names_exists(file: str, name: str):
    body: list[ast.stmt] = ast.parse((ROOT / file).read_text()).body
    for part in name.split("."):
        found = [
            node
            for node in body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == part
        ]
        assert found, f"{file} has no {name}"
        body = found[0].body


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_what_a_page_links_to_exists(page: Path):
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", page.read_text()):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.*)$", target.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, link


def test_the_guides_settings_are_all_there_are_with_their_defaults(tmp_path: Path):
    import tomllib

    document = tomllib.loads(toml_blocks()[1])
    tables = {"target_precisions", "promise", "merged", "descriptions"}
    default = TrainingConfig()
    assert set(document) == set(TrainingConfig.__dataclass_fields__)
    for name in set(document) - tables:
        value = getattr(default, name)
        assert document[name] == (list(value) if isinstance(value, tuple) else value), name
    TrainingConfig.from_document(document)


def test_the_guides_mapping_file_is_one_and_names_every_key(tmp_path: Path):
    (tmp_path / "mapping.toml").write_text(toml_blocks()[0])
    mapping = load_mapping(tmp_path / "mapping.toml")
    left_out = {"export_caps", "name"}  # Only the built-in mappings know such things.
    for name in set(type(mapping).__dataclass_fields__) - left_out:
        assert getattr(mapping, name), name


def toml_blocks() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)


def test_every_variable_that_is_read_stands_in_the_guide():
    code = "".join(
        path.read_text()
        for room in ("triage", "features", "training", "serving")
        for path in (ROOT / room).rglob("*.py")
    )
    read = set(re.findall(r"""["$](TRIAGE_[A-Z_]*[A-Z]|MLFLOW_[A-Z_]*[A-Z])\b""", code))
    assert {"TRIAGE_HOME", "TRIAGE_STORE", "MLFLOW_TRACKING_URI"} <= read
    for name in read:
        assert f"`{name}`" in GUIDE, name


def test_every_word_of_the_fixed_lists_is_in_the_glossary():
    from serving.roles import Role
    from triage.decision import Action, Reason
    from triage.feedback import Verdict
    from triage.policy import Mode

    glossary = (ROOT / "docs" / "glossary.md").read_text()
    for word in (*FIELDS, *Action, *Reason, *Verdict, *Mode, *Role):
        assert f"`{word}`" in glossary, word


def test_every_benchmark_is_in_their_list():
    page = (ROOT / "benchmarks" / "README.md").read_text()
    for path in (ROOT / "benchmarks").glob("*.py"):
        if "__main__" in path.read_text():
            assert f"benchmarks.{path.stem}`" in page or f"benchmarks/{path.name}`" in page, path.name
