"""Whether a server could listen at an address."""

import socket

from triage.errors import ConfigurationError

__all__ = ["check_port"]


def check_port(host: str, port: int) -> None:
    """Say plainly that a port is taken, before a server is started.

    Raises
    ------
    ConfigurationError
        If it cannot be listened on.
    """
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise ConfigurationError(
            f"Got {host} port {port}, which cannot be listened on ({error.strerror}); "
            "expected a free one. Name another with --port."
        ) from None
