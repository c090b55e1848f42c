"""Telling from its header which helpdesk wrote an export (reference on integrations, section 5)."""

__all__ = ["find_dialect"]


def find_dialect(header: list[str]) -> str | None:
    """Return the helpdesk whose export has this header, None when it is none that we know.

    Examples
    --------
    >>> find_dialect(["Summary", "Issue key", "Created"])
    'jira'
    """
    names = set(header)
    if names & {"Summation column", "Requester domain"}:
        return "zendesk"
    if {"Ticket ID", "First response time (in hrs)"} <= names:
        return "freshdesk"
    if {"Sub-Category", "Ticket Id"} <= names:
        return "freshservice"
    # Exports with chosen columns may leave the key out and keep the id.
    if "Issue key" in names or {"Issue id", "Summary"} <= names:
        return "jira"
    if names & {"sys_id", "short_description"} or {"Short description", "Assignment group"} <= names:
        return "servicenow"
    return None
