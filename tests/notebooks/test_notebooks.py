"""The notebooks run as they stand, on a sample of their own, and are stored as they ran."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST_BYTES = 300_000
EXECUTE = """
import sys, tempfile, nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
for cell in notebook.cells:
    if cell.cell_type == "code":
        cell.outputs = []
with tempfile.TemporaryDirectory(dir="/tmp") as folder:  # A socket's path must be short.
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=folder + "/kernel")
    NotebookClient(notebook, timeout=180, km=manager).execute()
nbformat.write(notebook, sys.argv[2])
"""

pytestmark = pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


@pytest.mark.proof
@pytest.mark.encoder
def test_a_notebook_runs_from_top_to_bottom_and_draws_what_it_is_stored_with(path: Path, tmp_path: Path):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
    environ |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "TRIAGE_HOME": str(tmp_path / "home")}
    executed = tmp_path / "executed.ipynb"
    # In a process of its own: the kernel's client leaves sockets to the garbage collector.
    run = subprocess.run(
        [sys.executable, "-c", EXECUTE, str(path), str(executed)],
        env=environ,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    before, after = (nbformat.read(one, as_version=4) for one in (path, executed))
    for stored, fresh in zip(code_cells(before), code_cells(after), strict=True):
        assert kinds(fresh) == kinds(stored), fresh["source"]
    assert not (tmp_path / "home").exists(), "a notebook keeps to its temporary folder"
    assert not [*ROOT.glob("kernel-*")], "a kernel leaves no sockets here"


def test_a_notebook_is_stored_executed_and_small(path: Path):
    notebook = nbformat.read(path, as_version=4)
    counts = [cell["execution_count"] for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))
    assert any("image/png" in kinds(cell) for cell in code_cells(notebook))
    assert path.stat().st_size < LARGEST_BYTES
    text = path.read_text()
    assert "/tmp" not in text and str(Path.home()) not in text


def test_a_notebook_imports_and_defines_nothing(path: Path):
    source = "\n".join(cell["source"] for cell in code_cells(nbformat.read(path, as_version=4)))
    nodes = list(ast.walk(ast.parse(source)))
    assert not [node for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    imported = {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {"training"} <= imported


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def kinds(cell: nbformat.NotebookNode) -> list[str]:
    """The kinds of a cell's outputs, in order: ``stdout``, or the richest form of what was shown.

    What is printed comes in one piece or, on a busy machine, in several: these count as one.
    """
    found: list[str] = []
    for output in cell["outputs"]:
        data = output.get("data", {})
        kind = next((kind for kind in ("image/png", "text/html", "text/plain") if kind in data), "stdout")
        if not (kind == "stdout" and found and found[-1] == "stdout"):
            found.append(kind)
    return found
