"""``docs/cli.md``: the help of every command, written by the commands themselves.

``python -m serving.cli.reference docs/cli.md`` writes the file that the tests hold the commands to.
"""

import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import typer

from serving.cli.main import GROUP, root

__all__ = ["as_text"]

WIDTH = 80

HEAD = """# Commands

`triage COMMAND --help` prints what stands here; this file is written by
`python -m serving.cli.reference docs/cli.md`. Exit codes: 0 done, 1 not done (one line on standard error says
why and what to do), 2 wrong usage. `--json` prints one JSON document to standard output and nothing else.
"""


def as_text() -> str:
    """Return the Markdown; a command whose extra is not installed here is left out."""
    parts = [HEAD]
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            entry.load()
        except ModuleNotFoundError:
            continue
        for words, text in _helps((entry.name,)):
            parts.append(
                f"{'#' * (len(words) + 1)} triage {' '.join(words)}\n\n```text\n{text.rstrip()}\n```\n"
            )
    return "\n".join(parts)


def _helps(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the help of a command and of all below it."""
    command: Any = typer.main.get_command(root)
    context: Any = command.make_context("triage", list(words), resilient_parsing=True)
    for word in words:
        command = command.get_command(context, word)
        context = type(context)(command, info_name=word, parent=context, terminal_width=WIDTH)
    text = command.get_help(context)
    yield words, text
    for name in getattr(command, "commands", {}):
        yield from _helps((*words, name))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(as_text())
