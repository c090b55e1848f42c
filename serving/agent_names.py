"""Names of agents as addresses: what a request may name; see :mod:`triage.agent_names`."""

from triage.agent_names import agent_name_problem

__all__ = ["IMPORT", "check_agent_name"]

IMPORT = "import"


def check_agent_name(name: str) -> str:
    """Return an agent's name as it is.

    Raises
    ------
    ValueError
        If no agent can have it.

    Examples
    --------
    >>> check_agent_name("IT/ada")
    'IT/ada'
    """
    problem = agent_name_problem(name)
    if problem is not None:
        raise ValueError(problem)
    return name
