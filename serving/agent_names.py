"""Names of agents as addresses: any helpdesk's are taken, but for those that would be another address."""

__all__ = ["IMPORT", "check_agent_name"]

IMPORT = "import"
ABSENCES = "/absences"


def check_agent_name(name: str) -> str:
    """Return an agent's name as it is.

    Raises
    ------
    ValueError
        If it is blank, or if ``/v1/agents/`` and the name would be the address of an agent's absences.

    Examples
    --------
    >>> check_agent_name("IT/ada")
    'IT/ada'
    """
    if not name.strip():
        raise ValueError("Got an agent's name that is blank; expected one that can be read.")
    if f"{ABSENCES}/" in f"{name}/":
        raise ValueError(
            "Got an agent's name that is the address of absences here; expected one without '/absences'."
        )
    return name
