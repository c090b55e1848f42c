"""Writing a ticket's subject and body from templates, in the voice of the person who sends it.

It is told what the ticket is about and how bad it is; it decides nothing but words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from training.sample import phrases
from training.sample.checks import SLOT
from training.sample.draws import Draws
from training.sample.kinship import kindred
from training.sample.people import Requester
from training.sample.preset import BUILT_IN_SLOTS, Preset, Register, Subcategory
from training.sample.typos import add_typos

_NO_REGISTER = Register((), ())
_SMALL_WORDS = re.compile(r"\b(the|a|an) ", re.IGNORECASE)

# Shares of tickets, chosen so that a good text model stays well below perfect.
_VAGUE_SUBJECT = 0.13
_VAGUE_BODY = 0.055
_SECOND_PROBLEM = 0.06
_FORWARDED = 0.06
_QUOTED = 0.05
_DISCLAIMER = 0.03
_IMPACT_SAID = 0.45
_URGENCY_SAID = 0.45


@dataclass(frozen=True)
class Topic:
    """What a ticket is about, for the writer: templates, and how far and how soon it matters."""

    subjects: Sequence[str]
    problems: Sequence[str]
    details: Sequence[str]
    product: str
    impact: str
    urgency: str


@dataclass(frozen=True)
class Text:
    """A written ticket.

    ``problem`` (the template that it tells, empty for a vague one) and ``values`` (of its slots) are for
    whoever writes about the same ticket.
    """

    subject: str
    body: str
    tags: tuple[str, ...]
    problem: str
    values: dict[str, str]


class Writer:
    """Writes the texts of one helpdesk.

    Parameters
    ----------
    preset : Preset
    """

    def __init__(self, preset: Preset) -> None:
        self._preset = preset

    def write(
        self, topic: Topic, second: Subcategory | None, requester: Requester, sent_at: datetime, draws: Draws
    ) -> Text:
        """Write one ticket.

        Parameters
        ----------
        topic : Topic
            What it is about.
        second : Subcategory or None
            What a second problem in the same ticket would be about, if the writer has one.
        requester : Requester
            Who writes.
        sent_at : datetime
            Local time of writing, for quoted headers.
        draws : Draws
            The ticket's own stream.

        Returns
        -------
        Text
        """
        values = {
            "product": topic.product,
            "organization": requester.organization.name,
            "company": self._preset.name,
        }
        register = self._register(requester, topic, draws)
        is_vague = draws.chance(_VAGUE_BODY)
        problem = "" if is_vague else draws.pick(topic.problems)
        parts = self._parts(topic, problem, register, values, draws)
        if second and draws.chance(_SECOND_PROBLEM):
            parts += [draws.pick(phrases.JOINERS), self.fill(draws.pick(second.problems), values, draws)]
        vague_subject = is_vague or draws.chance(_VAGUE_SUBJECT)
        kind = kindred(problem, tuple(phrases.VAGUE_SUBJECTS if vague_subject else topic.subjects))
        subject = self.fill(draws.weighted(kind), values, draws)
        body = " ".join(parts)
        if register == "non-native":
            body = _SMALL_WORDS.sub(lambda match: "" if draws.chance(0.45) else match.group(), body)
        if requester.is_lowercase:
            subject, body = subject.lower(), body.lower().replace("i'm", "im").replace("don't", "dont")
        subject = add_typos(subject, requester.typo_rate / 2, draws)
        body = add_typos(body, requester.typo_rate, draws)
        subject, body, tags = self._send(subject, body, register, requester, sent_at, values, draws)
        return Text(subject, body, tags, problem, values)

    def fill(self, template: str, values: dict[str, str], draws: Draws) -> str:
        """Fill a template's slots; a slot keeps its value within one ticket (``values`` remembers)."""

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name not in values:
                values[name] = draws.pick(self._preset.slots[name])
            return values[name]

        text = SLOT.sub(value, template)
        # An address or a path keeps its own spelling at the start of a sentence.
        is_literal = any(mark in text.split(" ", 1)[0] for mark in "@/\\")
        return text if is_literal else text[:1].upper() + text[1:]

    def _register(self, requester: Requester, topic: Topic, draws: Draws) -> str:
        anger = 0.12 if topic.urgency == "high" else 0.03
        return "angry" if "angry" in self._preset.registers and draws.chance(anger) else requester.register

    def _parts(
        self, topic: Topic, problem: str, register: str, values: dict[str, str], draws: Draws
    ) -> list[str]:
        if not problem:
            hint = [f"It's about {topic.product}."] if draws.chance(0.5) else []
            return [draws.pick(phrases.VAGUE_BODIES), *hint]
        parts = [self.fill(problem, values, draws)]
        if register == "chatty" and draws.chance(0.7):
            parts.insert(draws.index(2), draws.pick(phrases.CHATTER))
        if register == "angry":
            parts.append(draws.pick(phrases.RANTS))
        details = 0 if register == "terse" else draws.pick((0, 1, 1, 2))
        for _ in range(details):
            template = draws.pick(topic.details)
            # A detail about something that was named already would only say it again.
            is_said = set(SLOT.findall(template)) & (set(values) - BUILT_IN_SLOTS)
            if not is_said and template not in parts:
                parts.append(self.fill(template, values, draws))
        if draws.chance(_IMPACT_SAID):
            parts.append(draws.pick(phrases.IMPACT[topic.impact]))
        if draws.chance(_URGENCY_SAID):
            parts.append(draws.pick(phrases.URGENCY[topic.urgency]))
        return parts

    def _send(
        self,
        subject: str,
        body: str,
        register: str,
        requester: Requester,
        sent_at: datetime,
        values: dict[str, str],
        draws: Draws,
    ) -> tuple[str, str, tuple[str, ...]]:
        tone = self._preset.registers.get(register, _NO_REGISTER)
        is_terse = register == "terse"
        opener = "" if not tone.openers or (is_terse and draws.chance(0.5)) else draws.pick(tone.openers)
        closer = "" if not tone.closers or (is_terse and draws.chance(0.5)) else draws.pick(tone.closers)
        opener, closer = (self.fill(line, values, draws) for line in (opener, closer))
        lines = [line for line in (opener, body, closer, requester.signature) if line]
        tags = ["vip"] if requester.is_vip else []
        day = f"{sent_at:%a} {sent_at.day} {sent_at:%b %Y} at {sent_at:%H:%M}"
        fate = draws.uniform()
        if fate < _FORWARDED:
            header = (
                f"---------- Forwarded message ----------\nFrom: {requester.name} <{requester.id}>\n"
                f"Date: {day}\nSubject: {subject}"
            )
            lines = [draws.pick(phrases.FORWARD_NOTES), header, *lines]
            subject, tags = f"{draws.pick(('Fwd', 'FW'))}: {subject}", [*tags, "forwarded"]
        elif fate < _FORWARDED + _QUOTED:
            lines.append(
                f"On {day}, {self._preset.name} support wrote:\n> {draws.pick(phrases.EARLIER_ANSWERS)}"
            )
            subject, tags = f"Re: {subject}", [*tags, "follow-up"]
        if draws.chance(_DISCLAIMER):
            lines.append(phrases.DISCLAIMER)
        return subject, "\n\n".join(lines), tuple(tags)
