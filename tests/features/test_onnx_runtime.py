import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENCODE = """
import socket, sys
sys.addaudithook(lambda event, args: sys.exit(f"called {args}") if event == "socket.connect" else None)
from features.encoder import SentenceEncoder
print(SentenceEncoder.open().encode(["VPN drops"]).shape)
"""


def test_encoding_leaves_no_trace_in_the_home_folder(tmp_path):
    # Without the switch there would be a device id and a queue of events for Microsoft.
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-B", "-c", ENCODE]
    ended = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.returncode) == ("(1, 384)\n", 0), ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_onnxruntime_is_imported_nowhere_else():
    found = []
    for room in ("triage", "features", "training", "serving", "benchmarks", "tests"):
        sources = {path: path.read_text(encoding="utf-8") for path in (ROOT / room).rglob("*.py")}
        for path in [one for one, text in sources.items() if "onnxruntime" in text]:
            for node in ast.walk(ast.parse(sources[path])):
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                if "onnxruntime" in names:
                    found.append(path.relative_to(ROOT).as_posix())
    assert found == ["features/onnx_runtime.py"]
