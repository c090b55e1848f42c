"""A helpdesk in any order (T25): tickets, feedback, repetitions, leave, full hands, switches, restarts.

A small model of what must hold is kept beside a real server; after every step the two are compared.
"""

import shutil
import tempfile
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from serving.settings import Settings
from tests.serving.fakes import promote_fake, seal_fake
from tests.serving.house import House, app_of
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.schema import decisions, feedback
from triage.store.scope import Across

SUBJECTS = ("vpn", "password", "laptop", "zzz vpn", "hello", "")
POLICY = {
    "disabled_guardrails": [],
    "fields": {"team": {"mode": "apply", "thresholds": {"web": 0.5}}, "assignee": {"mode": "apply"}},
    "routing": {"least_affinity": 0.0, "fair_share": None},
}
CAPACITIES = {"ada": 2.0, "bob": 1.0}
EMPTY: list[bytes] = []


class Helpdesk(RuleBasedStateMachine):
    """What a helpdesk does, and what must be so afterwards."""

    tickets = Bundle("tickets")
    decided = Bundle("decided")

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="triage-stateful-"))
        (self.home / "house.db").write_bytes(EMPTY[0])
        url = f"sqlite:///{self.home / 'house.db'}"
        promote_fake(self.home, "v1")
        seal_fake(self.home, "v2")
        given = Settings(home=self.home, store_url=url, models=self.home / "models", poll_seconds=0.05)
        self.store = open_store(url)
        self.client = TestClient(app_of(given), raise_server_exceptions=False)
        self.client.__enter__()
        self.house = House(self.home, given, self.client, self.store)
        self.count = 0
        self.answers: dict[str, tuple[dict, dict]] = {}
        self.holders: dict[str, str | None] = {}
        self.away: dict[str, str] = {}
        self.feedbacks = 0
        self.decisions = 0
        self.is_stopped = False
        self.version = "v1"
        for name, capacity in CAPACITIES.items():
            self.put(f"/v1/agents/{name}", {"team": "web", "capacity": capacity})
        self.put("/v1/policy", POLICY | {"kill_switch": False})

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str):
        return self.client.request(method, path, json=body, headers=self.house.key("admin") | headers)

    def put(self, path: str, body: dict) -> dict:
        answer = self.ask("PUT", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @rule(target=tickets, subject=st.sampled_from(SUBJECTS))
    def file(self, subject: str) -> str:
        """A new ticket is decided, under an idempotency key."""
        return self.decide(subject)

    def decide(self, subject: str) -> str:
        self.count += 1
        name, body = f"T-{self.count}", {"ticket_id": f"T-{self.count}", "subject": subject}
        answer = self.ask("POST", "/v1/triage", body, **{"Idempotency-Key": name})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        self.decisions += 1
        self.answers[name] = (body, told)
        assert told["model_version"] == self.version
        given = told["assignment"]
        if self.is_stopped:
            assert {one["action"] for one in told["fields"].values()} <= {"abstain"}
            assert given["agent"] is None
        if given["action"] == "apply":
            assert given["agent"] not in self.away, "given to somebody who is away"
            in_hand = sum(one == given["agent"] for one in self.holders.values())
            assert in_hand + 1 <= CAPACITIES[given["agent"]], "given to somebody whose hands are full"
            self.holders[name] = given["agent"]
        if self.count % 3 == 0:
            self.ask_again(name)
        return name

    @rule(name=tickets)
    def repeat(self, name: str) -> None:
        """The same request again is the same answer, and another one under its key is refused."""
        self.ask_again(name)

    def ask_again(self, name: str) -> None:
        body, told = self.answers[name]
        again = self.ask("POST", "/v1/triage", body, **{"Idempotency-Key": name})
        assert (again.status_code, again.json()) == (200, told)
        assert again.headers["Idempotent-Replayed"] == "true"
        other = self.ask("POST", "/v1/triage", body | {"subject": "another"}, **{"Idempotency-Key": name})
        assert other.status_code == 422

    @rule(name=tickets, verdict=st.sampled_from(["accepted", "skipped", "replaced"]), twice=st.booleans())
    def judge(self, name: str, verdict: str, twice: bool) -> None:
        """Feedback is kept once, however often it is sent."""
        decision = self.answers[name][1]
        field = decision["fields"]["category"]
        one = {"verdict": verdict} | ({"value": "hardware"} if verdict == "replaced" else {})
        self.count += 1
        headers = {"Idempotency-Key": f"feedback-{self.count}"}
        path = f"/v1/decisions/{decision['decision_id']}/feedback"
        for _ in range(1 + twice):
            answer = self.ask("POST", path, {"fields": {"category": one}}, **headers)
            if verdict == "accepted" and field["value"] is None:
                assert answer.status_code in (400, 409, 422)
                return
            assert answer.status_code in (200, 201), answer.text
        self.feedbacks += 1

    @rule(name=consumes(tickets))
    def close(self, name: str) -> None:
        """A closed ticket no longer fills anybody's hands."""
        assert self.ask("POST", f"/v1/tickets/{name}/close", {}).status_code == 200
        self.holders.pop(name, None)

    @rule(name=tickets, agent=st.sampled_from([*CAPACITIES, None]))
    def hand_over(self, name: str, agent: str | None) -> None:
        """A person gives a ticket to whom they like, or takes it back."""
        answer = self.ask("PUT", f"/v1/tickets/{name}/assignee", {"agent": agent})
        assert answer.status_code == 200, answer.text
        self.holders[name] = agent

    @rule(agent=st.sampled_from(list(CAPACITIES)))
    def leave(self, agent: str) -> None:
        """Somebody goes away, and is given nothing, or comes back."""
        if agent in self.away:
            gone = self.ask("DELETE", f"/v1/agents/{agent}/absences/{self.away.pop(agent)}")
            assert gone.status_code in (200, 204), gone.text
            return
        made = self.ask("POST", f"/v1/agents/{agent}/absences", {"starts_at": "2020-01-01T00:00:00Z"})
        assert made.status_code == 201, made.text
        self.away[agent] = made.json()["absence_id"]
        self.decide("vpn")

    @rule(version=st.sampled_from(["v1", "v2"]))
    def switch(self, version: str) -> None:
        """Another model answers from the next request on."""
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
        self.client = TestClient(app_of(self.house.settings), raise_server_exceptions=False)
        self.client.__enter__()
        self.house.client = self.client

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        with self.store.reading(Across.OPERATOR) as connection:
            stored = connection.execute(select(func.count()).select_from(decisions)).scalar_one()
            judged = connection.execute(select(func.count()).select_from(feedback)).scalar_one()
        assert (stored, judged) == (self.decisions, self.feedbacks)

    @invariant()
    def loads_are_what_the_tickets_say(self) -> None:
        loads = dict.fromkeys(CAPACITIES, 0)
        for agent in self.holders.values():
            if agent is not None:
                loads[agent] += 1
        listed = self.ask("GET", "/v1/agents").json()["agents"]
        assert {one["agent"]: one["load"] for one in listed} == loads

    @invariant()
    def the_audit_log_is_whole(self) -> None:
        log = AuditLog(self.store, signing_key({"TRIAGE_HOME": str(self.home)}))
        assert log.verify("acme").problem is None

    def teardown(self) -> None:
        self.client.__exit__(None, None, None)
        self.store.close()
        shutil.rmtree(self.home)


@pytest.mark.parametrize(
    ("examples", "steps"), [(3, 20), pytest.param(100, 50, marks=pytest.mark.reliability)]
)
def test_whatever_is_done_in_whatever_order(empty_sqlite: bytes, examples: int, steps: int):
    EMPTY[:] = [empty_sqlite]
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
