"""What must hold of a helpdesk whatever is done (T25): a small model of it, kept beside a real server.

The model knows tickets, their holders, absences, erasures and how far the clock has been. What is done to the
helpdesk is :mod:`tests.reliability.test_stateful`'s.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import func, select

from serving.api_keys import create_key
from serving.roles import Role
from serving.settings import Settings
from tests.reliability.wall_clock import WallClock
from tests.serving.fakes import promote_fake, seal_fake
from tests.serving.house import House, app_of
from triage.signing import signing_key
from triage.store import open_store
from triage.store.audit import AuditLog
from triage.store.idempotency import KEPT_FOR
from triage.store.schema import decisions, feedback
from triage.store.scope import Across

POLICY = {
    "disabled_guardrails": [],
    "fields": {"team": {"mode": "apply", "thresholds": {"web": 0.5}}, "assignee": {"mode": "apply"}},
    "routing": {"least_affinity": 0.0, "fair_share": None},
}
CAPACITIES = {"ada": 2.0, "bob": 1.0}
LEND: list[Callable[[Path], AbstractContextManager[str]]] = []
"""Lends each desk an empty database of its own, by its URL; it may lie in the folder given."""
CLOCK = WallClock()
PASS_FOR = timedelta(hours=12)


@dataclass
class Known:
    """A ticket: how it was sent, each answer to it, the keys under which feedback was, what was said."""

    body: dict[str, Any]
    asked_at: datetime
    told: list[dict[str, Any]] = field(default_factory=list)
    words: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)
    judged: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    is_closed: bool = False

    @property
    def name(self) -> str:
        return self.body["ticket_id"]


@dataclass(frozen=True)
class Away:
    """An absence as the server was told it."""

    absence_id: str
    starts_at: datetime
    ends_at: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.starts_at <= moment and (self.ends_at is None or moment < self.ends_at)


class Desk(RuleBasedStateMachine):
    """The server, what was done to it, and what must be so afterwards."""

    def __init__(self) -> None:
        super().__init__()
        CLOCK.ahead = timedelta(0)
        self.home = Path(tempfile.mkdtemp(prefix="triage-stateful-"))
        self.lent = LEND[0](self.home)
        url = self.lent.__enter__()
        promote_fake(self.home, "v1")
        seal_fake(self.home, "v2")
        given = Settings(home=self.home, store_url=url, models=self.home / "models", poll_seconds=0.05)
        self.store = open_store(url)
        self.house = House(self.home, given, self.serve(given), self.store)
        self.count = 0
        self.versions = ["v1", "v2"]
        self.version = "v1"
        self.known: dict[str, Known] = {}
        self.gone: dict[str, Known] = {}
        self.left: dict[str, datetime] = {}
        self.holders: dict[str, str | None] = {}
        self.away: dict[str, Away] = {}
        self.is_stopped = False
        self.furthest = CLOCK.now()
        self.pass_until = CLOCK.now() + PASS_FOR
        self.day_pass, _ = create_key(self.store, "acme", "a day", Role("lead"), self.pass_until)
        self.web, _ = create_key(self.store, "acme", "web", Role("agent"), teams=["web"])
        for name, capacity in CAPACITIES.items():
            self.put(f"/v1/agents/{name}", {"team": "web", "capacity": capacity})
        self.put("/v1/policy", POLICY | {"kill_switch": False})

    def serve(self, given: Settings) -> TestClient:
        self.client = TestClient(app_of(given), raise_server_exceptions=False)
        self.client.__enter__()
        CLOCK.take_over()
        return self.client

    def ask(self, method: str, path: str, body: dict | None = None, **headers: str):
        return self.client.request(method, path, json=body, headers=self.house.key("admin") | headers)

    def put(self, path: str, body: dict) -> dict:
        answer = self.ask("PUT", path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def present(self) -> set[str]:
        """Return whom no absence covers at this moment."""
        now = CLOCK.now()
        return {one for one in CAPACITIES if one not in self.away or not self.away[one].covers(now)}

    def free(self) -> set[str]:
        """Return who is there with a hand free."""
        in_hand = list(self.holders.values())
        return {one for one in self.present() if in_hand.count(one) + 1 <= CAPACITIES[one]}

    def decide(self, subject: str, requester: str | None = None) -> str | None:
        """Send a new ticket under a key; return its id, None where its requester was erased since."""
        self.count += 1
        body = {"ticket_id": f"T-{self.count}", "subject": subject, "requester": requester}
        one = Known(body, CLOCK.now())
        answer = self.ask("POST", "/v1/triage", body, **{"Idempotency-Key": one.name})
        if requester in self.left and one.asked_at <= self.left[requester]:
            # By a clock that was put back the ticket is one of those that were filed before.
            assert answer.status_code == 409, answer.text
            return None
        assert answer.status_code == 200, answer.text
        self.known[one.name] = one
        self.take(one, subject, answer.json())
        if self.count % 3 == 0:
            self.ask_again(one)
        return one.name

    def take(self, one: Known, subject: str, told: dict[str, Any]) -> None:
        """Hold a decision against the model, and learn who has the ticket now."""
        # By the server's clock, yet after what was decided of the ticket before.
        due = max([CLOCK.now(), *(datetime.fromisoformat(each["created_at"]) for each in one.told)])
        assert abs(datetime.fromisoformat(told["created_at"]) - due) < timedelta(minutes=1), "another clock"
        one.told.append(told)
        assert told["model_version"] == self.version
        given = told["assignment"]
        if self.is_stopped:
            assert {each["action"] for each in told["fields"].values()} <= {"abstain"}
            assert given["agent"] is None
        is_new = one.name not in self.holders
        if given["action"] == "apply" and is_new:
            assert given["agent"] in self.present(), "given to somebody who is away"
            assert given["agent"] in self.free(), "given to somebody whose hands are full"
            self.holders[one.name] = given["agent"]
        elif is_new and subject == "vpn" and not self.is_stopped:
            assert not self.free(), "given to nobody, though somebody is there with a hand free"

    def ask_again(self, one: Known) -> None:
        """Send a ticket again under its key: within a day, by the clock, the answer is the same."""
        self.furthest = max(self.furthest, CLOCK.now())
        is_promised = self.furthest - one.asked_at < KEPT_FOR
        again = self.ask("POST", "/v1/triage", one.body, **{"Idempotency-Key": one.name})
        assert again.status_code == 200, again.text
        is_replay = again.headers.get("Idempotent-Replayed") == "true"
        assert is_replay or not is_promised, "an answer was not kept"
        if not is_replay:
            one.asked_at = CLOCK.now()
            self.take(one, one.body["subject"], again.json())
            return
        assert again.json() in one.told
        other = self.ask(
            "POST", "/v1/triage", one.body | {"subject": "else"}, **{"Idempotency-Key": one.name}
        )
        assert other.status_code == 422

    def forget(self, name: str) -> None:
        """Take a ticket out of the model: with it go its decisions, what was said of them, and its slot."""
        self.gone[name] = self.known.pop(name)
        self.holders.pop(name, None)

    def see_it_gone(self, one: Known) -> None:
        """An erased ticket is nowhere, and does not come back under any key."""
        name = one.name
        for method, path, body in (
            ("GET", f"/v1/tickets/{name}/assignments", None),
            ("PUT", f"/v1/tickets/{name}/assignee", {"agent": "ada"}),
            ("POST", f"/v1/tickets/{name}/close", {}),
            *(("GET", f"/v1/decisions/{each['decision_id']}", None) for each in one.told),
        ):
            assert self.ask(method, path, body).status_code == 404, path
        batch = {"tickets": [{"ticket_id": f"{name}-beside", "subject": "vpn"}, one.body]}
        for path, body, key in (
            ("/v1/triage", one.body, name),
            ("/v1/triage", one.body | {"subject": "vpn"}, f"{name}-anew"),
            ("/v1/triage/batch", batch, f"{name}-batch"),
        ):
            answer = self.ask("POST", path, body, **{"Idempotency-Key": key})
            assert answer.status_code == 409 and "erased" in answer.json()["detail"], answer.text
        assert self.ask("GET", f"/v1/tickets/{name}-beside/assignments").status_code == 404
        for path, body, key in one.judged:
            assert self.ask("POST", path, body, **{"Idempotency-Key": key}).status_code in (404, 409)

    @invariant()
    def nothing_is_lost_and_nothing_doubled(self) -> None:
        with self.store.reading(Across.OPERATOR) as connection:
            stored = connection.execute(select(func.count()).select_from(decisions)).scalar_one()
            judged = connection.execute(select(func.count()).select_from(feedback)).scalar_one()
        words = [each for one in self.known.values() for each in one.words.values()]
        assert stored == sum(len(one.told) for one in self.known.values())
        assert judged == sum(map(len, words))

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

    def try_the_pass(self) -> None:
        """A key opens until its time is over. Seldom asked: whoever shows a wrong key often is locked out."""
        key = {"Authorization": f"Bearer {self.day_pass}"}
        expected = 200 if CLOCK.now() <= self.pass_until else 401
        assert self.client.get("/v1/agents", headers=key).status_code == expected

    def teardown(self) -> None:
        self.client.__exit__(None, None, None)
        self.store.close()
        self.lent.__exit__(None, None, None)
        CLOCK.ahead = timedelta(0)
        shutil.rmtree(self.home)
