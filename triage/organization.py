"""Organizations by name: ``ACME`` and ``Acme`` are one, however a form or a policy writes them."""

from functools import lru_cache

__all__ = ["is_among", "organization_key"]


@lru_cache(maxsize=65_536)
def organization_key(name: str) -> str:
    """Return what two ways to write an organization have in common: case and space around it do not count.

    Examples
    --------
    >>> organization_key(" ACME ") == organization_key("Acme")
    True
    """
    return name.strip().casefold()


def is_among(name: str | None, organizations: frozenset[str]) -> bool:
    """Tell whether an organization is one of some.

    Examples
    --------
    >>> is_among("acme", frozenset({"ACME"})), is_among(None, frozenset({"ACME"}))
    (True, False)
    """
    return name is not None and organization_key(name) in _keys(organizations)


@lru_cache(maxsize=1_024)
def _keys(organizations: frozenset[str]) -> frozenset[str]:
    return frozenset(map(organization_key, organizations))
