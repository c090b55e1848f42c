"""``triage serve``: answer over HTTP."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = ["app"]

app = typer.Typer()

GRACE_SECONDS = 30


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate chain (PEM): answer over HTTPS.", show_default=False)
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its private key (PEM).", show_default=False)] = None,
) -> None:
    """Answer over HTTP: the API, health and metrics. Every call needs a key (`triage keys create`).

    SIGTERM and Ctrl-C let requests that have begun finish, for 30 seconds. An address that other machines
    reach is refused while there is no key, no user and no identity provider; a store that the encryption
    keys of this machine do not open, too.
    """
    import uvicorn

    from serving.cli.output import opened_store
    from serving.exposure import check_exposure, is_local
    from serving.logs import LOGGING
    from serving.port import check_port
    from serving.settings import Settings
    from triage.signing import signing_key
    from triage.store.sealing_keys import check_keys

    settings = Settings.from_env()
    signing_key()
    _check_tls(tls_cert, tls_key)
    with opened_store() as store:
        check_keys(store)
        check_exposure(store, settings, host)
        check_port(host, port)
    if tls_cert is None and not is_local(host):
        typer.echo(
            "Other machines reach this address without encryption: put a proxy with TLS in front, or give "
            "--tls-cert and --tls-key.",
            err=True,
        )
    os.environ["TRIAGE_WORKERS"] = str(workers)
    numbers = tempfile.mkdtemp(prefix="triage-metrics-") if workers > 1 else None
    if numbers is not None:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = numbers
    options: dict[str, Any] = {
        "host": host,
        "port": port,
        "workers": workers,
        "loop": "serving.fair_loop:FairLoop" if workers > 1 else "auto",
        "access_log": False,
        "log_config": LOGGING,
        "server_header": False,
        "timeout_graceful_shutdown": GRACE_SECONDS,
        "ssl_certfile": None if tls_cert is None else str(tls_cert),
        "ssl_keyfile": None if tls_key is None else str(tls_key),
    }
    try:
        if workers > 1 and sys.platform != "linux":  # There libraries of the system do not bear a fork.
            uvicorn.run("serving.app:app_from_environment", factory=True, **options)
        else:
            _serve_loaded(options)
    finally:
        if numbers is not None:
            shutil.rmtree(numbers, ignore_errors=True)


def _serve_loaded(options: dict[str, Any]) -> None:
    """Load everything, then answer: by this process, or by several that are forked from it."""
    import gc
    import signal

    # Nearly all that is made now stays: looking through it for garbage costs a fifth of the start.
    gc.disable()
    # What was begun is undone on the way out, until a server answers to signals.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    import uvicorn
    from sqlalchemy.exc import DBAPIError

    from serving.app import create_app
    from serving.forked_workers import ForkedWorkers
    from serving.metrics import Metrics
    from serving.parts import make_parts
    from serving.settings import Settings
    from triage.errors import UnavailableError

    parts = make_parts(Settings.from_env(), Metrics())
    try:
        config = uvicorn.Config(create_app(parts.settings, parts), **options)
        try:
            parts.load()
        except DBAPIError as error:
            raise UnavailableError(
                f"Got a store that does not answer ({type(error).__name__}); expected one to read from. "
                "`triage doctor` tells more."
            ) from None
        gc.freeze()
        gc.enable()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if options["workers"] == 1:
            uvicorn.run(config.app, **options)
            return
        config.load()
        ForkedWorkers(config, [config.bind_socket()]).run(then=parts.forget_tickets)
    finally:
        parts.store.close()


def _check_tls(cert: Path | None, key: Path | None) -> None:
    from triage.errors import ConfigurationError

    if cert is None and key is None:
        return
    if cert is None or key is None:
        raise ConfigurationError("Got one of --tls-cert and --tls-key; expected both.")
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"Got {cert} and {key}, which are no certificate and its key ({type(error).__name__}); expected "
            "PEM files that belong together and that this user may read."
        ) from None
