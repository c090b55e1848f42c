import socket

import pytest

from serving.port import check_port
from triage.errors import ConfigurationError


def test_a_port_that_is_taken_is_said_to_be_and_a_free_one_passes():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        with pytest.raises(ConfigurationError, match=str(port)):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_a_host_that_does_not_exist_is_said_to_be_one():
    with pytest.raises(ConfigurationError, match=r"no-such-host\.invalid"):
        check_port("no-such-host.invalid", 18000)
