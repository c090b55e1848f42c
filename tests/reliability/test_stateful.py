"""A helpdesk in any order (T25): tickets, feedback, leave, full hands, erasures, clocks that jump, restarts.

A small model of what must hold is kept beside a real server; after every step the two are compared.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, multiple, rule, run_state_machine_as_test

from tests.reliability.desk import CAPACITIES, CLOCK, LEND, POLICY, Away, Desk, Known
from tests.serving.fakes import seal_fake

SUBJECTS = ("vpn", "password", "laptop", "zzz vpn", "hello", "")
REQUESTERS = (None, None, "cleo@example.org", "Dan@example.org")
HOURS = (1, 3, 30, 24 * 40)


class Helpdesk(Desk):
    """What a helpdesk does."""

    tickets = Bundle("tickets")
    closed = Bundle("closed")
    erased = Bundle("erased")

    @rule(target=tickets, subject=st.sampled_from(SUBJECTS), requester=st.sampled_from(REQUESTERS))
    def file(self, subject: str, requester: str | None):
        """A new ticket is decided, under an idempotency key."""
        name = self.decide(subject, requester)
        return multiple() if name is None else name

    @rule(name=tickets)
    def repeat(self, name: str) -> None:
        """The same request again is the same answer, and another one under its key is refused."""
        if name in self.known:
            self.ask_again(self.known[name])

    @rule(name=tickets, subjects=st.lists(st.sampled_from(SUBJECTS), min_size=2, max_size=2))
    def send_anew(self, name: str, subjects: list[str]) -> None:
        """A ticket's text changed: what is decided last is what it is taken for, whatever the clock says."""
        for subject in subjects:
            if name in self.known:
                self.send(self.known[name], subject)
            self.put_back_an_hour()

    def send(self, one: Known, subject: str) -> None:
        answer = self.ask("POST", "/v1/triage", one.body | {"subject": subject})
        if one.body["requester"] in self.left and CLOCK.now() <= self.left[one.body["requester"]]:
            assert answer.status_code == 409, answer.text
            return
        assert answer.status_code == 200, answer.text
        self.take(one, subject, answer.json())
        if one.name not in self.holders:
            team = one.told[-1]["fields"]["team"]["value"]
            key = {"Authorization": f"Bearer {self.web}"}
            seen = self.client.get(f"/v1/tickets/{one.name}/assignments", headers=key)
            assert seen.status_code == (200 if team == "web" else 404), "taken for what it was before"

    @rule(name=tickets, verdict=st.sampled_from(["accepted", "skipped", "replaced"]), twice=st.booleans())
    def judge(self, name: str, verdict: str, twice: bool) -> None:
        """Feedback is kept once, however often it is sent, and told in the order in which it came."""
        if name not in self.known:
            return
        one = self.known[name]
        decision = one.told[0]
        field = decision["fields"]["category"]
        word = {"verdict": verdict} | ({"value": "hardware"} if verdict == "replaced" else {})
        self.count += 1
        body, key = {"fields": {"category": word}}, f"feedback-{self.count}"
        path = f"/v1/decisions/{decision['decision_id']}/feedback"
        for _ in range(1 + twice):
            answer = self.ask("POST", path, body, **{"Idempotency-Key": key})
            if verdict == "accepted" and field["value"] is None:
                assert answer.status_code in (400, 409, 422)
                return
            assert answer.status_code in (200, 201), answer.text
        one.judged.append((path, body, key))
        one.words.setdefault(decision["decision_id"], []).append(verdict)
        told = [each["verdict"] for each in answer.json()["feedback"]]
        assert told == one.words[decision["decision_id"]], "not in the order in which it was said"

    @rule(target=closed, name=consumes(tickets))
    def close(self, name: str):
        """A closed ticket no longer fills anybody's hands."""
        if name not in self.known:
            return multiple()
        assert self.ask("POST", f"/v1/tickets/{name}/close", {}).status_code == 200
        self.holders.pop(name, None)
        self.known[name].is_closed = True
        return name

    @rule(name=tickets, agent=st.sampled_from([*CAPACITIES, None]))
    def hand_over(self, name: str, agent: str | None) -> None:
        """A person gives a ticket to whom they like, or takes it back."""
        if name not in self.known:
            return
        answer = self.ask("PUT", f"/v1/tickets/{name}/assignee", {"agent": agent})
        assert answer.status_code == 200, answer.text
        self.holders[name] = agent

    @rule(
        agent=st.sampled_from(list(CAPACITIES)),
        begins=st.sampled_from([-2, 2]),
        ends=st.sampled_from([None, 4]),
    )
    def leave(self, agent: str, begins: int, ends: int | None) -> None:
        """Somebody goes away, now or soon, for hours or for good, and is given nothing; or comes back."""
        if agent in self.away:
            gone = self.ask("DELETE", f"/v1/agents/{agent}/absences/{self.away.pop(agent).absence_id}")
            assert gone.status_code in (200, 204), gone.text
            return
        now = CLOCK.now()
        starts_at = now + timedelta(hours=begins)
        ends_at = None if ends is None else now + timedelta(hours=ends)
        span = {"starts_at": starts_at.isoformat(), "ends_at": ends_at and ends_at.isoformat()}
        made = self.ask("POST", f"/v1/agents/{agent}/absences", span)
        assert made.status_code == 201, made.text
        self.away[agent] = Away(made.json()["absence_id"], starts_at, ends_at)
        self.decide("vpn")

    @rule(hours=st.sampled_from([*HOURS, *(-one for one in HOURS)]))
    def jump(self, hours: int) -> None:
        """The server's clock is put forwards or back."""
        self.put_clock(timedelta(hours=hours))

    @rule(agent=st.sampled_from(list(CAPACITIES)), minutes=st.sampled_from([-1, 1]))
    def jump_to_an_end(self, agent: str, minutes: int) -> None:
        """The clock is put, from wherever it is, to just before or after somebody is back."""
        ends_at = self.away[agent].ends_at if agent in self.away else None
        if ends_at is not None:
            self.put_clock(ends_at - CLOCK.now() + timedelta(minutes=minutes))

    def put_back_an_hour(self) -> None:
        self.furthest = max(self.furthest, CLOCK.now())
        CLOCK.ahead -= timedelta(hours=1)

    def put_clock(self, by: timedelta) -> None:
        self.furthest = max(self.furthest, CLOCK.now())
        CLOCK.ahead += by
        self.furthest = max(self.furthest, CLOCK.now())
        self.try_the_pass()
        # Who is there by the new time is given a ticket.
        self.decide("vpn")

    @rule(
        target=erased,
        name=st.one_of(consumes(tickets), consumes(closed)),
        agent=st.sampled_from([*CAPACITIES, None]),
    )
    def erase(self, name: str, agent: str | None):
        """An erased ticket is nowhere, frees its slot and stays away; told twice it is erased once."""
        if name not in self.known:
            self.see_it_gone(self.gone[name])
            return name
        one = self.known[name]
        self.judge(name, "skipped", twice=False)
        self.put_back_an_hour()
        self.judge(name, "replaced", twice=False)
        if not one.is_closed:
            self.hand_over(name, agent)
        # What is counted here is what the server remembers when the ticket goes.
        self.loads_are_what_the_tickets_say()
        key = {"Idempotency-Key": f"erase-{name}"}
        first, again = (self.ask("DELETE", f"/v1/tickets/{name}", **key) for _ in range(2))
        assert (first.status_code, again.status_code) == (200, 200)
        told = first.json()
        assert again.json() == told and again.headers["Idempotent-Replayed"] == "true"
        assert told["tickets"] == 1 and told["rows"]["decisions"] == len(one.told)
        assert told["rows"]["feedback"] == sum(map(len, one.words.values()))
        self.forget(name)
        self.see_it_gone(one)
        self.decide("vpn")
        return name

    @rule(name=erased)
    def knock(self, name: str) -> None:
        """What was erased stays away, whatever was done since."""
        self.see_it_gone(self.gone[name])

    @rule(requester=st.sampled_from(REQUESTERS[2:]))
    def erase_requester(self, requester: str) -> None:
        """All that somebody filed until now goes; what they file later is taken in."""
        answer = self.ask("DELETE", f"/v1/requesters/{requester.upper()}")
        assert answer.status_code == 200, answer.text
        told = answer.json()
        theirs = [name for name, one in self.known.items() if one.body["requester"] == requester]
        assert told["tickets"] == len(theirs)
        self.left[requester] = datetime.fromisoformat(told["erased_at"])
        for name in theirs:
            self.forget(name)
            self.see_it_gone(self.gone[name])
        self.decide("vpn", requester)
        self.put_back_an_hour()
        self.decide("vpn", requester)

    @rule()
    def retrain(self) -> None:
        """A new model is sealed while the server runs, and answers from the next request on."""
        version = f"v{len(self.versions) + 1}"
        seal_fake(self.home, version)
        self.versions.append(version)
        self.switch(len(self.versions) - 1)

    @rule(which=st.integers(0, 7))
    def switch(self, which: int) -> None:
        """Another model answers from the next request on."""
        version = self.versions[which % len(self.versions)]
        assert self.ask("POST", f"/v1/models/{version}/promote").status_code == 200
        self.version = version

    @rule()
    def drill(self) -> None:
        """The kill switch is thrown, holds, and is taken back."""
        for self.is_stopped in (True, False):
            self.put("/v1/policy", POLICY | {"kill_switch": self.is_stopped})
            self.decide("vpn")

    @rule()
    def restart(self) -> None:
        """The server is stopped and started."""
        self.client.__exit__(None, None, None)
        self.house.client = self.serve(self.house.settings)


def lender(request: pytest.FixtureRequest, system: str) -> Callable[[Path], AbstractContextManager[str]]:
    """Return what lends each desk a database of its own."""
    if system == "postgresql":
        databases = request.getfixturevalue("databases")

        @contextmanager
        def lend(_: Path) -> Iterator[str]:
            with databases.lend() as lent:
                yield lent.url

        return lend
    empty = request.getfixturevalue("empty_sqlite")

    @contextmanager
    def write(home: Path) -> Iterator[str]:
        (home / "house.db").write_bytes(empty)
        yield f"sqlite:///{home / 'house.db'}"

    return write


@pytest.mark.parametrize(
    ("system", "examples", "steps"),
    [
        ("sqlite", 10, 20),
        ("postgresql", 5, 20),
        pytest.param("sqlite", 100, 50, marks=pytest.mark.reliability),
        pytest.param("postgresql", 25, 50, marks=pytest.mark.reliability),
    ],
)
def test_whatever_is_done_in_whatever_order(
    request: pytest.FixtureRequest, system: str, examples: int, steps: int
):
    LEND[:] = [lender(request, system)]
    with CLOCK.running():
        run_state_machine_as_test(
            Helpdesk,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                derandomize=True,
                database=None,
                # Making a failure smaller takes minutes, and its steps are told anyway.
                phases=(Phase.generate,),
                suppress_health_check=list(HealthCheck),
            ),
        )
