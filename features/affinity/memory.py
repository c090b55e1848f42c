"""What is remembered of who handled which tickets: everything that affinity is read from.

One :class:`AffinityMemory` is a helpdesk's state at the moment of its last event. It is told events in the
order in which they became known, and never refits anything. It holds embeddings, hashed words, ids and
numbers, no ticket text. It does not judge: the signals do.
"""

from zlib import crc32

import numpy as np

from features.affinity.decayed_counts import DecayedCounts
from features.affinity.hour_profiles import DAY_S, HOUR_S, HourProfiles, is_weekend
from features.affinity.model import TextAxes
from features.affinity.online_choice import OnlineChoice
from features.affinity.past_work import Credit, PastWork
from features.affinity.word_profiles import WordProfiles, hashed_words
from features.cleaning import clean_text
from triage.organization import organization_key
from triage.ticket import Ticket

__all__ = ["DAY_S", "EVERYONE", "HOUR_S", "AffinityMemory"]

EVERYONE = ("everyone",)
"""The key of counts that are not about anything in particular."""

ACTIVITY_DAYS = (1 / 24, 0.25, 2.0, 14.0, 60.0, 365.0)
HABIT_DAYS = (7.0, 60.0, 730.0)
KIND_DAYS = (14.0, 60.0, 500.0)
FILED_DAYS = (2.0, 30.0)
COMING_DAYS = (4.0, 15.0, 60.0)
WORD_DAYS = 240.0
PROFILE_DAYS = 180.0
BOND_DAYS = 365.0
"""Half-lives. Each sign has several, and the learnt weights mix them: that is how fast a helpdesk forgets."""

SLOW, FAST = 0.06, 0.25
OWN_RATE, OWN_INPUTS = 0.06, len(HABIT_DAYS) + 3
BAG = 32
CLOCK_SPREAD_H = 1.5
POWER_MAX = 200.0


class AffinityMemory:
    """The state of affinity.

    Parameters
    ----------
    axes : TextAxes
        Of the helpdesk's texts.

    Attributes
    ----------
    names : list of str
        People who ever handled a ticket or declared a skill, by number.
    people, rows : dict of str to int
        Number of a person; row of a ticket in ``work``.
    """

    def __init__(self, axes: TextAxes) -> None:
        self.axes = axes
        self.names: list[str] = []
        self.people: dict[str, int] = {}
        self.requesters: dict[str, int] = {}
        self.categories: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.work = PastWork(axes.basis)
        self.words = WordProfiles(WORD_DAYS)
        self.activity = DecayedCounts([DAY_S * days for days in ACTIVITY_DAYS])
        self.habits = DecayedCounts([DAY_S * days for days in HABIT_DAYS])
        self.kinds = DecayedCounts([DAY_S * days for days in KIND_DAYS])
        self.filed = DecayedCounts([DAY_S * days for days in FILED_DAYS])
        self.coming = HourProfiles(COMING_DAYS)
        self.weekend = HourProfiles(COMING_DAYS)
        inputs = 1 + axes.axes.shape[1] + 25 + BAG
        self.slow, self.fast = OnlineChoice(inputs, SLOW), OnlineChoice(inputs, FAST)
        self.own = OnlineChoice(inputs + OWN_INPUTS, OWN_RATE)
        self.bonds = np.zeros((8, 8))
        self._bonds_base: float | None = None
        self._profiles = np.zeros((8, len(axes.mean)), np.float32)
        self._profiles_at = np.zeros(8)
        self._profile_lengths = np.zeros(8, np.float32)
        self._people_by_requester = np.full(8, -1, np.int64)
        self._credits: dict[str, Credit] = {}

    def learn(
        self,
        ticket: Ticket,
        agent: str,
        at: float,
        *,
        vector: np.ndarray,
        category: str | None = None,
        weight: float = 1.0,
    ) -> None:
        """Remember that an agent has a ticket, from a POSIX time on.

        Somebody who had it before keeps having been there at that time, and nothing else of it.

        Parameters
        ----------
        ticket : Ticket
            As it was filed.
        agent : str
            Who has it now.
        at : float
            When that became known; not before what was learnt earlier.
        vector : ndarray of shape (dimension,)
            Embedding of its cleaned text.
        category : str, optional
            What it is about.
        weight : float, default=1.0
            How much it says about the agent.
        """
        person = self._number(agent)
        words = hashed_words(clean_text(ticket))
        known = -1 if category is None else self.categories.setdefault(category, len(self.categories))
        earlier = self._credits.get(ticket.ticket_id)
        if earlier is not None and earlier.person == person and earlier.weight >= weight:
            return
        if earlier is not None:
            self._count(ticket, earlier.person, earlier.at, -earlier.weight, words, earlier.row)
            row = earlier.row
        else:
            row = self.work.append(vector)
        if ticket.ticket_id:
            self.rows[ticket.ticket_id] = row
            self._credits[ticket.ticket_id] = Credit(person, at, weight, row)
        if earlier is None:
            self._notice_requester(ticket, person, at)
        requester = self._requester(ticket.requester)
        self.work.set(row, person=person, requester=requester, category=known, at=at, weight=weight)
        if earlier is None or earlier.person != person:
            # Before it is counted: the choice learns from what was known without it.
            self._learn_choice(ticket, person, at, vector, weight)
            self._notice_presence(person, at)
        self._count(ticket, person, at, weight, words, row)

    def declare(self, agent: str, skills: str, at: float, *, vector: np.ndarray) -> None:
        """Remember what an agent says to be good at, as if a ticket of that text had been theirs.

        So newcomers are found by what they can do, and one real ticket weighs as much.

        Parameters
        ----------
        agent : str
        skills : str
            In the helpdesk's own words.
        at : float
            When that became known, POSIX time.
        vector : ndarray of shape (dimension,)
            Embedding of the skills.
        """
        person = self._number(agent)
        row = self.work.append(vector)
        self.work.set(row, person=person, requester=-1, category=-1, at=at, weight=1.0)
        self.work.declare(row)
        self._count(Ticket("", body=skills), person, at, 1.0, hashed_words(skills), row)
        self._notice_presence(person, at)

    def meet(self, name: str) -> None:
        """Know somebody who has not handled a ticket yet."""
        self._number(name)

    def filers(self, rows: np.ndarray) -> np.ndarray:
        """Return the number of the person who filed each row, -1 for somebody who handles no tickets."""
        requesters = self.work.requester[rows]
        return np.where(requesters >= 0, self._people_by_requester[requesters], -1)

    def inputs(self, ticket: Ticket, at: float, vector: np.ndarray) -> np.ndarray:
        """Return what the online choice reads of a ticket filed at a POSIX time: text, hour, form."""
        away = (at / HOUR_S - np.arange(24) + 12) % 24 - 12
        clock = np.exp(-0.5 * (away / CLOCK_SPREAD_H) ** 2)
        bag = np.zeros(BAG)
        for name in ("product", "language", "channel", "organization"):
            value = getattr(ticket, name)
            if value:
                bag[crc32(f"{name}={value}".encode("utf-8", "replace")) % BAG] += 0.7
        return np.concatenate(
            [[1.0], self.axes.place(vector), clock / np.linalg.norm(clock), [0.7 * is_weekend(at)], bag]
        )

    def own_rates(self, requester: str, at: float) -> np.ndarray:
        """Return the log-odds that a requester takes a ticket of their own, by half-life of the habit."""
        of_all = self.habits.read(("own",), at, 2)[0]
        usual = (of_all[0] + 1) / (of_all[1] + 2)
        of_own = self.habits.read(("own", requester), at, 2)
        rates = (of_own[:, 0] + 2 * usual) / (of_own[:, 1] + 2)
        return np.asarray(np.log(rates / (1 - rates + 1e-6)))

    def own_inputs(self, requester: str, at: float, inputs: np.ndarray) -> np.ndarray:
        """Return what tells whether a requester will take their own ticket, beside what it is about."""
        filed = self.habits.read(("own", requester), at, 2)[-1, 1]
        person = self.people.get(requester)
        busy = 0.0 if person is None else self.activity.read_one(EVERYONE, person, at)[-2]
        more = [np.log1p(filed) / 4, float(person is not None), np.log1p(busy) / 3]
        return np.concatenate([inputs, self.own_rates(requester, at) / 3, more])

    def profile_cosines(self, vector: np.ndarray, people: np.ndarray | slice) -> np.ndarray:
        """Return the cosine of a ticket with the decayed sum of each asked person, of shape (n_people,)."""
        return np.asarray((self._profiles[people] @ vector) / (self._profile_lengths[people] + 1e-6))

    def _count(
        self, ticket: Ticket, person: int, at: float, weight: float, words: np.ndarray, row: int
    ) -> None:
        """Count, or with a negative weight take back, what a ticket says about a person."""
        self.words.add(words, person, at, weight)
        category = int(self.work.category[row])
        if category >= 0:
            self.kinds.add(("category", category), person, at, weight)
        if ticket.product:
            self.kinds.add(("product", ticket.product), person, at, weight)
        if ticket.organization:
            self.habits.add(("organization", organization_key(ticket.organization)), person, at, weight)
        if ticket.requester:
            own = float(ticket.requester == self.names[person])
            for key in (("own", ticket.requester), ("own",)):
                self.habits.add(key, 0, at, weight * own)
                self.habits.add(key, 1, at, weight)
            if weight < 0:  # unbound as it was bound: by what the requester's other tickets say
                self.habits.add(("requester", ticket.requester), person, at, weight)
            self._bind(ticket.requester, person, at, weight)
            if weight > 0:
                self.habits.add(("requester", ticket.requester), person, at, weight)
            filer = self.people.get(ticket.requester)
            if filer is not None and filer != person:
                self.habits.add(("gave", person), filer, at, weight)
        later = at - self._profiles_at[person]
        fade = 0.5 ** (abs(later) / (PROFILE_DAYS * DAY_S))
        old, new = (fade, weight) if later >= 0 else (1.0, weight * fade)
        self._profiles[person] = np.float32(old) * self._profiles[person] + np.float32(
            new
        ) * self.work.vector(row)
        self._profiles_at[person] += max(later, 0.0)
        self._profile_lengths[person] = np.linalg.norm(self._profiles[person])

    def _bind(self, requester: str, person: int, at: float, weight: float) -> None:
        """Strengthen the bond between people who serve the same requester."""
        served = self.habits.read(("requester", requester), at, len(self.names))[-1]
        if self._bonds_base is None:
            self._bonds_base = at
        power = (at - self._bonds_base) / (BOND_DAYS * DAY_S)
        if power > POWER_MAX:
            self.bonds *= 0.5**power
            self._bonds_base, power = at, 0.0
        bond = weight * 2.0**power * served / (served.sum() + 1.0)
        for side in (self.bonds[person, : len(bond)], self.bonds[: len(bond), person]):
            np.maximum(side + bond, 0.0, out=side)

    def _notice_presence(self, person: int, at: float) -> None:
        self.activity.add(EVERYONE, person, at)
        self.coming.add(person, at)
        self.weekend.add(person, at, 1.0 if is_weekend(at) else 0.1)

    def _notice_requester(self, ticket: Ticket, person: int, at: float) -> None:
        """A person who files tickets is about, too."""
        filer = None if ticket.requester is None else self.people.get(ticket.requester)
        if filer is not None:
            filed = at if ticket.created_at is None else ticket.created_at.timestamp()
            self.filed.add(EVERYONE, filer, min(filed, at))

    def _learn_choice(
        self, ticket: Ticket, person: int, at: float, vector: np.ndarray, weight: float
    ) -> None:
        filed = at if ticket.created_at is None else ticket.created_at.timestamp()
        inputs = self.inputs(ticket, filed, vector)
        for choice in (self.slow, self.fast):
            choice.learn(inputs, person, len(self.names), weight)
        if ticket.requester:
            own = int(ticket.requester == self.names[person])
            self.own.learn(self.own_inputs(ticket.requester, filed, inputs), own, 2, weight)

    def _number(self, name: str) -> int:
        person = self.people.get(name)
        if person is None:
            person = self.people[name] = len(self.names)
            self.names.append(name)
            while person >= len(self._profiles):
                self._profiles = np.concatenate([self._profiles, np.zeros_like(self._profiles)])
                self._profiles_at = np.pad(self._profiles_at, (0, len(self._profiles_at)))
                self._profile_lengths = np.pad(self._profile_lengths, (0, len(self._profile_lengths)))
                self.bonds = np.pad(self.bonds, (0, len(self.bonds)))
            if name in self.requesters:
                self._people_by_requester[self.requesters[name]] = person
        return person

    def _requester(self, name: str | None) -> int:
        if name is None:
            return -1
        number = self.requesters.get(name)
        if number is None:
            number = self.requesters[name] = len(self.requesters)
            if number >= len(self._people_by_requester):
                more = np.full_like(self._people_by_requester, -1)
                self._people_by_requester = np.concatenate([self._people_by_requester, more])
            self._people_by_requester[number] = self.people.get(name, -1)
        return number
