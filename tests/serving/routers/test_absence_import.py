from datetime import UTC, datetime, timedelta

from tests.serving.desk import people
from tests.serving.house import House
from triage.store.users import User, put_user


def get(house: House, path: str):
    return house.client.get(f"/v1/agents{path}", headers=house.key("agent"))


def calendar(*events: tuple[str, str, str]) -> str:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for uid, day, person in events:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"DTSTART;VALUE=DATE:{day}",
            f"ATTENDEE:mailto:{person}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def test_a_calendar_replaces_its_own_absences_of_whoever_is_named_in_it(house: House):
    people(house, **{"ada@example.org": {}, "bob@example.org": {}})
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y%m%d}"

    def sent(text: str, agent: str | None = None):
        document = {"calendar": text, "agent": agent}
        return house.client.post("/v1/absences/import", json=document, headers=house.key("admin"))

    first = sent(calendar(("1", day, "ADA@example.org"), ("2", day, "zoe@example.org")))
    told = first.json()
    assert (told["agents"], told["unmatched"], told["reasons"]) == ({"ada@example.org": 1}, 1, {"nobody": 1})
    assert [(one["line"], one["uid"], one["reason"]) for one in told["left_out"]] == [(9, "2", "nobody")]
    shown = get(house, "/ada@example.org").json()["absences"]
    assert [one["from_calendar"] for one in shown] == [True]
    assert sent(calendar(), "ada@example.org").json()["agents"] == {"ada@example.org": 0}
    assert get(house, "/ada@example.org").json()["absences"] == []
    assert sent(calendar(), "zoe").status_code == 404
    assert sent("not a calendar").status_code == 422


def test_absences_come_as_a_table_too_and_are_stored_once(house: House):
    people(house, ada={}, **{"Anna Bauer": {}})
    table = "person,start,end,reason\nBauer Anna,2026-03-09,2026-03-13,flu\nada,x,,\nzoe,2026-03-09,,\n"

    def sent(**document):
        return house.client.post("/v1/absences/import", json=document, headers=house.key("admin"))

    for _ in range(2):
        told = sent(csv=table).json()
        assert (told["agents"], told["reasons"]) == ({"Anna Bauer": 1}, {"nobody": 1, "unusable": 1})
        shown = get(house, "/Anna Bauer").json()["absences"]
        assert [(one["starts_at"], one["ends_at"], one["from_calendar"]) for one in shown] == [
            ("2026-03-09T00:00:00Z", "2026-03-14T00:00:00Z", False)
        ]
    assert sent(csv=table, calendar=calendar()).status_code == sent().status_code == 422
    assert sent(csv="start,end\n2026-03-09,2026-03-09\n", agent="ada").json()["agents"] == {"ada": 1}


def test_a_calendar_knows_people_by_the_names_they_sign_in_with_and_tells_meetings_apart(house: House):
    people(house, ada={})
    put_user(house.store, User("u1", "acme", "ada@example.org", "agent", datetime.now(UTC), agent="ada"))
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y%m%d}"
    text = calendar(("1", day, "ada@example.org"), ("2", day, "ada@example.org")).replace(
        f"UID:2\r\nDTSTART;VALUE=DATE:{day}", f"UID:2\r\nDTSTART:{day}T090000Z\r\nDURATION:PT1H"
    )

    def sent(**more):
        document = {"calendar": text} | more
        return house.client.post("/v1/absences/import", json=document, headers=house.key("planner")).json()

    told = sent()
    assert (told["agents"], told["reasons"]) == ({"ada": 1}, {"short": 1})
    assert sent(least_hours=0.5)["agents"] == {"ada": 2}
    # The event that was cancelled since goes, and the meeting as well.
    text = text.replace("UID:1\r\n", "UID:1\r\nSTATUS:CANCELLED\r\n")
    assert sent()["reasons"] == {"cancelled": 1, "short": 1}
    assert get(house, "/ada").json()["absences"] == []


def test_one_agents_own_calendar_says_nothing_of_another(house: House):
    people(house, **{"ada@example.org": {}, "bob@example.org": {}})
    day = f"{datetime.now(UTC) + timedelta(days=3):%Y%m%d}"

    def sent(text: str, agent: str | None = None):
        document = {"calendar": text, "agent": agent}
        return house.client.post("/v1/absences/import", json=document, headers=house.key("admin")).json()

    def away(agent: str) -> int:
        return len(get(house, f"/{agent}").json()["absences"])

    team = calendar(("1", day, "ada@example.org")).replace(
        "END:VEVENT", "ATTENDEE:mailto:bob@example.org\r\nEND:VEVENT"
    )
    assert sent(team)["agents"] == {"ada@example.org": 1, "bob@example.org": 1}
    over = team.replace("UID:1\r\n", "UID:1\r\nSTATUS:CANCELLED\r\n")
    assert sent(over, "ada@example.org")["agents"] == {"ada@example.org": 0}
    assert (away("ada@example.org"), away("bob@example.org")) == (0, 1)
    # In the team's calendar it is everybody's.
    assert sent(over)["agents"] == {}
    assert away("bob@example.org") == 0
