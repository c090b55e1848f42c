"""What a server is told from outside: read once, at the root, from the environment. Holds no secret."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serving.oidc_settings import OidcSettings
from triage.bundle import FULL, TIERS
from triage.errors import ConfigurationError
from triage.home import home_folder, models_folder, store_url

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings.

    Parameters
    ----------
    home : Path
        Folder of the signing key and of everything without a place of its own.
    store_url : str
        Database URL; may hold a password: never log it.
    models : Path
        Folder of the bundles and the registry file.
    allowed_hosts : tuple of str, default=("*",)
        Values of the Host header that are answered (``$TRIAGE_ALLOWED_HOSTS``, by comma); ``*`` is any,
        ``*.example.org`` any below it.
    max_body_bytes : int, default=8 MiB
        Largest request (``$TRIAGE_MAX_BODY_BYTES``).
    threads : int, default=0
        Tickets decided side by side (``$TRIAGE_THREADS``); 0 is the number of cores by workers.
    workers : int, default=1
        Server processes that share this machine (``$TRIAGE_WORKERS``, set by ``triage serve``).
    waiting : int, default=64
        Requests that may wait for a thread before others are told to come back (``$TRIAGE_WAITING``).
    poll_seconds : float, default=1.0
        How often the registry file is looked at (``$TRIAGE_POLL_SECONDS``).
    at_once : int, default=256
        Requests that are worked on at once, waiting ones included; a quarter as many again are taken for
        health and administration (``$TRIAGE_AT_ONCE``).
    body_seconds : float, default=30.0
        Within which a request must have come to its end (``$TRIAGE_BODY_SECONDS``).
    audit_anchor : Path or None, default=None
        File to which the heads of the audit logs are written every hour (``$TRIAGE_AUDIT_ANCHOR``).
    tier : str, default="full"
        Which views decide tickets (``$TRIAGE_TIER``): ``full``, or ``fast``, the cheap ones where sure.
    oidc : OidcSettings or None, default=None
        The identity provider of people, see :class:`OidcSettings`.
    """

    home: Path
    store_url: str
    models: Path
    allowed_hosts: tuple[str, ...] = ("*",)
    max_body_bytes: int = 8 * 2**20
    threads: int = 0
    workers: int = 1
    waiting: int = 64
    poll_seconds: float = 1.0
    at_once: int = 256
    body_seconds: float = 30.0
    audit_anchor: Path | None = None
    tier: str = FULL
    oidc: OidcSettings | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read ``$TRIAGE_*``; what is not set keeps its default.

        Raises
        ------
        ConfigurationError
            If a value is not a number in its range; names the variable.
        """
        given = os.environ if environ is None else environ
        hosts = tuple(host.strip() for host in given.get("TRIAGE_ALLOWED_HOSTS", "*").split(","))
        if not all(hosts) or any("*" in host[1:] or host[:1] == "*" != host[:2] != "*." for host in hosts):
            raise ConfigurationError(
                f"Got TRIAGE_ALLOWED_HOSTS={','.join(hosts)!r}; expected host names by comma, "
                "such as triage.example.org,*.internal.example.org, or * for any."
            )
        return cls(
            home=home_folder(environ),
            store_url=store_url(environ),
            models=models_folder(environ),
            allowed_hosts=hosts,
            max_body_bytes=int(_number(given, "TRIAGE_MAX_BODY_BYTES", 8 * 2**20, 1024, 2**30)),
            threads=int(_number(given, "TRIAGE_THREADS", 0, 0, 256)),
            workers=int(_number(given, "TRIAGE_WORKERS", 1, 1, 256)),
            waiting=int(_number(given, "TRIAGE_WAITING", 64, 0, 100_000)),
            poll_seconds=_number(given, "TRIAGE_POLL_SECONDS", 1.0, 0.05, 60.0),
            at_once=int(_number(given, "TRIAGE_AT_ONCE", 256, 1, 100_000)),
            body_seconds=_number(given, "TRIAGE_BODY_SECONDS", 30.0, 1.0, 3600.0),
            audit_anchor=Path(anchor) if (anchor := given.get("TRIAGE_AUDIT_ANCHOR")) else None,
            tier=_tier(given.get("TRIAGE_TIER", FULL)),
            oidc=OidcSettings.from_env(given),
        )


def _tier(given: str) -> str:
    if given not in TIERS:
        raise ConfigurationError(f"Got TRIAGE_TIER={given!r}; expected one of {', '.join(TIERS)}.")
    return given


def _number(environ: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    given = environ.get(name)
    if given is None:
        return default
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise ConfigurationError(f"Got {name}={given!r}; expected a number from {least:g} to {most:g}.")
    return value
