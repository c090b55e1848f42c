"""The pages about the server say what the server does."""

import dataclasses
import json
import os
import re
import subprocess
from pathlib import Path

from serving.cli.reference import as_text
from serving.oidc_settings import NAMES
from serving.problems import FRAMEWORK, PROBLEMS
from serving.roles import PERMISSIONS, Role
from serving.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
API = (DOCS / "api.md").read_text()


def test_the_commands_page_is_what_the_commands_say():
    assert as_text() == (DOCS / "cli.md").read_text(), (
        "A command's help changed. Write it down with `python -m serving.cli.reference docs/cli.md`."
    )


def test_the_table_of_roles_is_the_one_that_is_asked():
    document = json.loads((DOCS / "openapi.json").read_text())  # `test_openapi` holds the application to it.
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if operation["operationId"] in PERMISSIONS:
                allowed = PERMISSIONS[operation["operationId"]]
                marks = " | ".join("x" if role in allowed else "" for role in Role)
                row = f"| `{method.upper()} {path}` | {operation['summary']} | {marks} |"
                assert row in API, f"docs/api.md lacks: {row}"


def test_every_problem_is_listed():
    for kind in {*PROBLEMS.values(), *FRAMEWORK.values()}:
        assert f"| `{kind.uri}` | {kind.status} | {kind.title} |" in API


def test_every_setting_is_listed():
    source = (DOCS.parent / "serving" / "settings.py").read_text()
    named = set(re.findall(r"TRIAGE_[A-Z_]+[A-Z]", source))
    assert len(named) >= len(dataclasses.fields(Settings)) - 4
    for name in named:
        assert f"| `{name}` |" in API, name
    for name in NAMES:
        assert f"`TRIAGE_OIDC_{name}`" in API, name


def test_the_first_example_is_good_shell():
    (example,) = re.findall(r"```sh\n(.*?)```", API, re.DOTALL)
    assert subprocess.run(["bash", "-n"], input=example, text=True, env=dict(os.environ)).returncode == 0
