"""Rules that outrank the model: one plain sentence, one ``if``. They only ever hold back."""

import re
from collections.abc import Callable, Mapping

from triage.lookalikes import as_seen
from triage.ticket import Ticket

__all__ = ["BLOCKING", "SUGGEST_ONLY", "held_back_by"]

AUTOMATIC_SUBJECT = re.compile(
    r"\s*((automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office|undeliverable|"
    r"undelivered mail|delivery status notification|mail delivery (failed|system)|returned mail|"
    r"automatische (antwort|abwesenheitsnotiz)|abwesenheitsnotiz|unzustellbar|r[ée]ponse automatique|"
    r"absence du bureau|non remis|respuesta autom[áa]tica|fuera de la oficina|no se puede entregar|"
    r"risposta automatica|fuori sede|resposta autom[áa]tica|fora do escrit[óo]rio|automatisch antwoord|"
    r"automatick[áa] odpov[ěe][ďd])\b|自動応答|自动答复|자동 회신)",
    re.IGNORECASE,
)
SECURITY_WORDS = re.compile(
    r"\b(ransomware|data (breach|leak)|phish(ing|ed)|compromised account|account (was|got) hacked|"
    r"stolen (laptop|phone|badge|device))\b",
    re.IGNORECASE,
)
SCAN_CHARACTERS = 20_000


def is_automatic_reply(ticket: Ticket) -> bool:
    """A machine's reply (out of office, undeliverable) is nobody's request."""
    return AUTOMATIC_SUBJECT.match(as_seen(ticket.subject)) is not None


def is_security_report(ticket: Ticket) -> bool:
    """A report of an attack, a leak or a theft is always looked at by a person first."""
    return SECURITY_WORDS.search(as_seen(ticket.text[:SCAN_CHARACTERS])) is not None


BLOCKING: Mapping[str, Callable[[Ticket], bool]] = {"automatic_reply": is_automatic_reply}
"""Nothing is applied or suggested."""

SUGGEST_ONLY: Mapping[str, Callable[[Ticket], bool]] = {"security_report": is_security_report}
"""Nothing is applied; values are shown to a person."""


def held_back_by(
    ticket: Ticket, rules: Mapping[str, Callable[[Ticket], bool]], disabled: frozenset[str]
) -> str | None:
    """Return the name of the first rule that holds this ticket back, None when none does."""
    for name, rule in rules.items():
        if name not in disabled and rule(ticket):
            return name
    return None
