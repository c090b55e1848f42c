"""A small application behind forked workers, for tests: ``python -m tests.serving.forked_app KIND PORT``.

It is loaded, which is told, before the workers are forked. ``whole`` answers, ``broken`` fails when a worker
starts it.
"""

import asyncio
import os
import sys

from uvicorn import Config

from serving.cli.serve import GRACE_SECONDS
from serving.forked_workers import ForkedWorkers
from serving.logs import LOGGING
from triage.errors import TriageError


class Application:
    """Answers with the process that loaded it and the one that answers."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.loaded_by = os.getpid()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            if self.kind == "broken":
                await send({"type": "lifespan.startup.failed", "message": "no paper in the printer"})
                return
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] == "/slow":
            os.write(1, b"slow\n")
            await asyncio.sleep(1)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body", "body": f"{self.loaded_by} {os.getpid()}".encode()})


def main(kind: str, port: int) -> None:
    """Serve until told to stop."""
    config = Config(
        Application(kind),
        port=port,
        workers=2,
        loop="serving.fair_loop:FairLoop",
        log_config=LOGGING,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    config.load()
    try:
        ForkedWorkers(config, [config.bind_socket()]).run(then=lambda: os.write(1, b"forked\n"))
    except TriageError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
