"""May a server listen where others can reach it? Only when somebody could be let in, and says how."""

import ipaddress

from serving.settings import Settings
from triage.errors import ConfigurationError
from triage.store import Store
from triage.store.keys import count_keys
from triage.store.users import count_users

__all__ = ["check_exposure", "is_local"]


def is_local(host: str) -> bool:
    """Tell whether only this machine reaches an address to listen on."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def check_exposure(store: Store, settings: Settings, host: str) -> None:
    """Refuse to listen for other machines before anybody has a way to prove who they are.

    Parameters
    ----------
    store : Store
        Knows keys and people.
    settings : Settings
        Knows the identity provider.
    host : str
        Address to listen on.

    Raises
    ------
    ConfigurationError
        If the address is not this machine's own and there is no key, no user and no identity provider.
    """
    if is_local(host) or settings.oidc is not None or count_keys(store) or count_users(store):
        return
    raise ConfigurationError(
        f"Got {host} to listen on, where other machines reach it, and nobody who could be let in; expected a "
        "key, a user or an identity provider first. Make one with `triage keys create --role admin --name "
        "me`, or listen on 127.0.0.1."
    )
