import pytest

from tests.serving.console.conftest import Desk
from tests.serving.desk import decide, people
from tests.serving.house import House


def reasons(decision: dict) -> set[str]:
    return {one["reason"] for one in decision["fields"].values()}


def test_the_console_has_a_button_for_each_team_that_one_may_stop(house: House, desk: Desk):
    people(house, ada={"team": "web"}, bob={"team": "desk"})
    assert 'action="/console/teams/stop"' in desk.get("/console/agents").text
    gone = desk.post("/console/teams/stop", part=False, team="web")
    assert (gone.status_code, gone.headers["location"]) == (303, "/console/agents?team=web")
    assert "stopped: nothing is applied" in desk.get("/console/agents?team=web").text
    assert reasons(decide(house)) == {"kill_switch"}
    agent = Desk(house)
    agent.sign_in("agent")
    page = agent.get("/console/agents?team=web").text
    assert "stopped: nothing is applied" in page and "Let it go on" not in page
    assert agent.post("/console/teams/start", team="web").status_code == 403
    desk.sign_in()
    assert desk.post("/console/teams/start", part=False, team="web").status_code == 303
    assert desk.post("/console/teams/start", team="web").status_code == 404
    assert "kill_switch" not in reasons(decide(house))


@pytest.mark.parametrize("team", ["", "nobody"])
def test_the_console_refuses_a_team_that_is_none(house: House, desk: Desk, team: str):
    assert desk.post("/console/teams/stop", team=team).status_code == 404
