"""``triage serve``: answer over HTTP."""

import os
import shutil
import tempfile
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer()

GRACE_SECONDS = 30


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
) -> None:
    """Answer over HTTP: the API, health and metrics. Every call needs a key (`triage keys create`).

    SIGTERM and Ctrl-C let requests that have begun finish, for 30 seconds.
    """
    import uvicorn

    from serving.cli.output import opened_store
    from serving.logs import LOGGING
    from serving.port import check_port
    from serving.settings import Settings
    from triage.signing import signing_key

    Settings.from_env()
    signing_key()
    with opened_store():
        check_port(host, port)
    os.environ["TRIAGE_WORKERS"] = str(workers)
    numbers = tempfile.mkdtemp(prefix="triage-metrics-") if workers > 1 else None
    if numbers is not None:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = numbers
    try:
        uvicorn.run(
            "serving.app:app_from_environment",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            log_config=LOGGING,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    finally:
        if numbers is not None:
            shutil.rmtree(numbers, ignore_errors=True)
