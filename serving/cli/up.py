"""``triage up``: everything on one machine, with a made-up helpdesk when there is no other."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from serving.processes import Processes
    from triage.registry import Registry
    from triage.store import Store

__all__ = ["app"]

app = typer.Typer()

LOOK_EVERY_S = 0.1


class _Stopped(Exception):
    """Raised inside when somebody asks to stop before everything is up."""


@app.command()
def up(
    home: Annotated[
        Path | None, typer.Option(help="Folder for everything; by default $TRIAGE_HOME, else ~/.triage.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
    preset: Annotated[str, typer.Option(help="Sample helpdesk: it, saas, field or events.")] = "it",
    tickets: Annotated[int, typer.Option(help="Tickets of the sample helpdesk.", min=1)] = 5000,
) -> None:
    """Start store, worker, API and console on this machine; an empty store gets a sample helpdesk.

    Says what to open and which key to use. Ctrl-C stops everything; the next start goes on from there.
    """
    import os
    import signal

    from rich.console import Console

    from serving.cli.output import opened_store
    from serving.processes import Processes
    from triage.home import home_folder, models_folder
    from triage.private_file import make_private_folder
    from triage.registry import Registry
    from triage.store.sealing_keys import check_keys

    if home is not None:
        os.environ["TRIAGE_HOME"] = str(home.absolute())
    folder = home_folder().absolute()
    # Children share it, wherever they stand.
    os.environ["TRIAGE_HOME"] = str(folder)
    make_private_folder(folder)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    console = Console(highlight=False)
    processes = Processes(folder / "logs")
    try:
        with opened_store() as store:
            check_keys(store)
            _start(store, processes, stop, console, (host, port), folder, preset, tickets)
            _tell(store, console, (host, port), folder, Registry(models_folder()))
        while not stop.wait(LOOK_EVERY_S):
            processes.check()
    except _Stopped:
        pass
    finally:
        processes.stop()
    console.print("Stopped. Everything is kept; `triage up` goes on from here.")


def _start(
    store: "Store",
    processes: "Processes",
    stop: threading.Event,
    console: "Console",
    address: tuple[str, int],
    folder: Path,
    preset: str,
    tickets: int,
) -> None:
    """Start server and worker, and see to it that a model answers."""
    from serving.home_key import home_key
    from serving.port import check_port
    from serving.sample_desk import (
        WORKSPACE,
        ask_for_model,
        import_steps,
        keep_company,
        needs_sample,
        sample_step,
    )
    from triage.home import models_folder
    from triage.registry import Registry

    host, port = address
    check_port(host, port)
    home_key(store, folder, WORKSPACE)  # Made first: a server that nobody could enter listens only here.
    processes.start("server", ["serve", "--host", host, "--port", str(port)])
    _wait(lambda: _answers(address), processes, stop)
    if needs_sample(store):
        sample = folder / "sample"
        console.print(f"The store is empty: making a sample helpdesk of {tickets:,} tickets.")
        _do(sample_step(sample, preset, tickets), processes, stop)
        company = keep_company(store, processes.output("sample"))
        console.print(f"Importing {company} into workspace {WORKSPACE}.")
        for step in import_steps(sample):
            _do(step, processes, stop)
    processes.start("worker", ["worker"])
    registry = Registry(models_folder())
    training = ask_for_model(store, registry.pointers(WORKSPACE).champion)
    if training is not None:
        _follow(store, training.run_id, registry, processes, stop, console)
    if registry.pointers(WORKSPACE).champion is not None:
        _wait(lambda: _answers(address, with_model=True), processes, stop)


def _do(step: tuple[str, list[str]], processes: "Processes", stop: threading.Event) -> None:
    name, words = step
    processes.start(name, words, is_step=True)
    _wait(lambda: processes.finished(name), processes, stop)


def _wait(holds: Callable[[], bool], processes: "Processes", stop: threading.Event) -> None:
    while not holds():
        processes.check()
        if stop.wait(LOOK_EVERY_S):
            raise _Stopped


def _follow(
    store: "Store",
    run_id: str,
    registry: "Registry",
    processes: "Processes",
    stop: threading.Event,
    console: "Console",
) -> None:
    """Show a training until there is a champion; what the run does after that, nobody has to wait for."""
    from rich.progress import Progress

    from serving.sample_desk import WORKSPACE
    from triage.errors import TrainingError
    from triage.store.runs import get_run

    run, told = get_run(store, WORKSPACE, run_id), ""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(run.stage, total=1.0)
        while run.is_active and registry.pointers(WORKSPACE).champion is None:
            processes.check()
            if not console.is_terminal and run.stage != told:  # A log has no bar.
                console.print(f"Training: {run.stage}.")
                told = run.stage
            if stop.wait(LOOK_EVERY_S):
                raise _Stopped
            run = get_run(store, WORKSPACE, run_id)
            bar.update(task, completed=run.progress, description=run.stage)
    if registry.pointers(WORKSPACE).champion is None:
        why = run.problem["detail"] if run.problem else f"it was {run.state}"
        raise TrainingError(f"Got no model from the sample helpdesk; expected one: {why}")
    console.print("Trained a model on the sample helpdesk.")


def _answers(address: tuple[str, int], *, with_model: bool = False) -> bool:
    """Tell whether the server answers, if asked also whether it has tried to load a model."""
    import http.client
    import json

    host, port = address
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said = json.loads(answer.read())
        return answer.status == 200 and (not with_model or said["models_ready"] + said["models_failed"] > 0)
    except (OSError, http.client.HTTPException, ValueError, KeyError):
        return False  # Not listening yet.
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def _tell(
    store: "Store", console: "Console", address: tuple[str, int], folder: Path, registry: "Registry"
) -> None:
    from rich.markup import escape
    from rich.panel import Panel

    from serving.home_key import home_key
    from serving.sample_desk import WORKSPACE
    from triage.store.workspaces import find_workspace

    host, port = address
    place = find_workspace(store, WORKSPACE)
    champion = registry.pointers(WORKSPACE).champion
    lines = [
        f"Open   [bold]http://{_reachable(host)}:{port}/[/bold]",
        f"Key    [bold]{home_key(store, folder, WORKSPACE)}[/bold]",
        f"Model  {escape(champion) if champion else 'none yet: ask for one with POST /v1/training-runs'}",
        f"Kept   {escape(str(folder))}",
    ]
    if place is not None and place.made_up:
        lines += [
            "",
            f"{escape(place.name)} is made up, every ticket and person of it: for trying, never for claims.",
        ]
    console.print(
        Panel("\n".join(lines), title="triage is answering", subtitle="Ctrl-C stops it", expand=False)
    )
