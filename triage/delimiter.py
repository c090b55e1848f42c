"""What stands between the columns of a small CSV table: spreadsheets of many countries write semicolons."""

__all__ = ["delimiter_of"]

_KNOWN = (",", ";", "\t", "|")


def delimiter_of(text: str) -> str:
    r"""Return what divides the header: of comma, semicolon, tab and bar the one it has most of; else a comma.

    Parameters
    ----------
    text : str
        The table, its header first; column names hold none of these.

    Examples
    --------
    >>> delimiter_of("team;start;end\nNetwork, North;08:00;16:00")
    ';'
    """
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_KNOWN, key=header.count)
