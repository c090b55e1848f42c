"""A port for a process that has to be told one before it starts.

Asking the system for a free port and letting it go leaves it to whoever asks next. These lie below the range
from which the system gives ports to those who ask for none (Linux: from 32768 on), so only those who name a
port can take them.
"""

import random
import socket

__all__ = ["free_port"]

LOWEST, HIGHEST = 20_000, 32_000


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    chance = random.SystemRandom()  # Tests seed the common one, and workers would follow each other.
    for _ in range(100):
        port = chance.randint(LOWEST, HIGHEST)
        with socket.socket() as trial:
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError(f"no free port was found from {LOWEST} to {HIGHEST}")
