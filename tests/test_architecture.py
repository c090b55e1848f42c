"""The house keeps its shape: who imports whom, that importing does nothing, that examples are true."""

import ast
import doctest
import importlib
import json
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("triage", "features", "training", "serving")
MODULES = sorted(
    found.name
    for package in PACKAGES
    for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}.")
    # Migrations are run by Alembic in its own context, not imported.
    if not found.name.startswith("triage.store.migrations")
)
HEAVY = {
    "torch": set(),
    "mlflow": set(),
    "onnxruntime": set(),
    "sentence_transformers": set(),
    "transformers": set(),
    "dbos": {"training.worker"},
}

IMPORT_ALL = """
import importlib, json, os, sys, threading

modules, seen = json.loads(sys.argv[1]), {"written": [], "network": [], "started": [], "heavy": {}}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def look(event, args):
    if event == "open" and isinstance(args[2], int) and args[2] & WRITING:
        seen["written"] += [str(args[0])] if not str(args[0]).startswith("/dev/") else []
    elif event in ("os.mkdir", "os.rename", "os.remove"):
        seen["written"].append(f"{event} {args[0]}")
    elif event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"):
        seen["network"].append(f"{event} {args}")
    elif event in ("subprocess.Popen", "os.fork", "os.posix_spawn", "os.exec"):
        seen["started"].append(f"{event} {args[0]}")

environment, threads = dict(os.environ), threading.active_count()
sys.addaudithook(look)
heavy = json.loads(sys.argv[2])
for name in modules:
    importlib.import_module(name)
    for one in heavy:
        if one in sys.modules and one not in seen["heavy"]:
            seen["heavy"][one] = name
seen["environment"] = sorted(name for name, value in os.environ.items() if environment.get(name) != value)
seen["threads"] = threading.active_count() - threads
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory) -> dict:
    """What importing every module of ours did, in a process of its own with an empty home."""
    home = tmp_path_factory.mktemp("nobody")
    command = [sys.executable, "-B", "-c", IMPORT_ALL, json.dumps(MODULES), json.dumps(sorted(HEAVY))]
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=environ, cwd=home, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-2_000:]
    *printed, last = ended.stdout.splitlines()
    assert printed == []
    return json.loads(last) | {"home": [str(one) for one in home.rglob("*")]}


def test_importing_any_module_of_ours_writes_nothing_asks_nobody_and_starts_nothing(imported):
    ours = {name: imported[name] for name in ("home", "written", "network")}
    assert ours == {"home": [], "written": [], "network": []}
    # Which `file` a Python library asks, and what scikit-learn tells OpenMP, is theirs.
    assert set(imported["started"]) <= {"subprocess.Popen file"}
    assert not [name for name in imported["environment"] if not name.startswith("KMP_")]
    assert imported["threads"] == 0 and "onnxruntime" not in imported["heavy"]


def test_importing_loads_no_heavy_library_except_where_it_is_the_modules_purpose(imported):
    assert {
        library: module
        for library, module in imported["heavy"].items()
        if not any(module.startswith(room) for room in HEAVY[library])
    } == {}


def test_imports_go_downhill_only():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    ended = subprocess.run(
        [*command, "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stdout[-3_000:] + ended.stderr[-1_000:]
    assert "0 broken" in ended.stdout


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_says_is_public_exists_and_is_documented(name: str):
    path = ROOT / (name.replace(".", "/") + ".py")
    path = path if path.is_file() else path.with_suffix("") / "__init__.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name} does not say what it is for"
    defined = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    }
    for public in exported(tree):
        if public in defined:
            assert ast.get_docstring(defined[public]), f"{name}.{public} has no docstring"


def exported(tree: ast.Module) -> list[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "__all__" for one in node.targets):
            return [str(one) for one in ast.literal_eval(node.value)]
    return []


def test_every_exported_name_is_there():
    for name in MODULES:
        module = importlib.import_module(name)
        missing = [one for one in getattr(module, "__all__", ()) if not hasattr(module, one)]
        assert not missing, f"{name} exports {missing}, which it does not have"


@pytest.mark.parametrize(
    ("package", "names"),
    [
        ("triage.store", ["Store", "open_store"]),
        ("training.sample", ["Preset", "SampleSummary", "load_preset", "preset_names", "write_sample"]),
    ],
)
def test_the_doors_of_a_package_are_pinned(package: str, names: list[str]):
    assert sorted(importlib.import_module(package).__all__) == names


def with_examples() -> list[str]:
    return [
        name
        for name in MODULES
        for path in [ROOT / (name.replace(".", "/") + ".py")]
        if path.is_file() and ">>> " in path.read_text(encoding="utf-8")
    ]


@pytest.mark.parametrize("name", with_examples())
def test_the_examples_in_docstrings_are_true(name: str):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_no_file_is_longer_than_its_ceiling():
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "versions" in path.parts:
                continue
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= 300, f"{path.relative_to(ROOT)} has {lines} lines"
