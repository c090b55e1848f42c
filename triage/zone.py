"""Time zones by their names."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.errors import InputError

__all__ = ["find_zone"]


def find_zone(name: str) -> ZoneInfo:
    """Return the time zone called ``name`` (an IANA name such as ``Europe/Berlin``).

    Raises
    ------
    InputError
        When no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"Got zone {name!r}; expected an IANA time zone such as 'UTC' or 'Europe/Berlin'; "
            "check the spelling."
        ) from error
