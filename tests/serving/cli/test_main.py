import sys
from pathlib import Path

import pytest

from serving.cli.main import main, missing_packages

ROOM = '''
"""A room with commands."""
import typer
from triage.errors import InputError

single = typer.Typer()
several = typer.Typer(help="Several things.")


@single.command()
def greet(name: str, fail: bool = False) -> None:
    """Greet somebody."""
    if fail:
        raise InputError("Got a greeting that fails; expected none.")
    typer.echo(f"hello {name}")


@several.command()
def one() -> None:
    """Do one."""
    typer.echo("one")


@several.command()
def two() -> None:
    """Do two."""


def plain(count: int = 1) -> None:
    """Count."""
    typer.echo(str(count))
'''
ENTRIES = """
[triage.commands]
x-greet = room_for_tests:single
x-several = room_for_tests:several
x-plain = room_for_tests:plain
x-broken = room_that_is_missing:app
x-extra = room_for_tests:single [worker]
"""


@pytest.fixture(autouse=True)
def installed_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "room_for_tests.py").write_text(ROOM)
    metadata = tmp_path / "room_for_tests-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: room-for-tests\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("room_for_tests", None)


def run(*argv: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    return int(ended.value.code or 0)


def test_a_typer_with_one_command_is_that_command(capsys: pytest.CaptureFixture[str]):
    assert run("x-greet", "Ada") == 0
    assert capsys.readouterr().out == "hello Ada\n"


def test_a_typer_with_several_commands_is_a_group(capsys: pytest.CaptureFixture[str]):
    assert run("x-several", "one") == 0
    assert capsys.readouterr().out == "one\n"


def test_a_plain_function_is_a_command(capsys: pytest.CaptureFixture[str]):
    assert run("x-plain", "--count", "3") == 0
    assert capsys.readouterr().out == "3\n"


def test_an_error_of_ours_is_one_line_on_standard_error_and_exit_code_one(
    capsys: pytest.CaptureFixture[str],
):
    assert run("x-greet", "Ada", "--fail") == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "triage: Got a greeting that fails; expected none.\n"


@pytest.mark.parametrize(
    "argv", [("x-greet",), ("x-greet", "Ada", "--wrong"), ("no-such",), ("x-plain", "--count", "many")]
)
def test_wrong_usage_is_exit_code_two(argv: tuple[str, ...]):
    assert run(*argv) == 2


def test_help_lists_every_command_with_its_summary(capsys: pytest.CaptureFixture[str]):
    assert run("--help") == 0
    listed = capsys.readouterr().out
    for line in ("x-greet", "Greet somebody.", "x-several", "Several things.", "x-plain", "Count."):
        assert line in listed


def test_a_command_that_cannot_be_imported_is_listed_with_its_remedy_and_refuses_plainly(
    capsys: pytest.CaptureFixture[str],
):
    assert run("--help") == 0
    assert "Not installed; run: pip install triage" in capsys.readouterr().out
    assert run("x-broken", "anything", "--at", "all") == 1
    assert "room_that_is_missing" in capsys.readouterr().err


def test_a_command_whose_extra_is_missing_names_the_extra(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert run("x-extra", "Ada") == 0
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert run("x-extra", "Ada") == 1
    message = capsys.readouterr().err
    assert "pandas" in message and "pip install 'triage[worker]'" in message


def test_an_extra_includes_the_packages_of_the_extras_it_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert missing_packages("worker") == ["pandas"]
    assert "pandas" in missing_packages("train")


def test_the_version_is_the_installed_one(capsys: pytest.CaptureFixture[str]):
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("triage 0.")
