from dataclasses import replace
from datetime import timedelta

import pytest

from tests.training.simulation.test_run import HOUR, MONDAY, past
from training.simulation.compare import compare
from training.simulation.config import SimulationConfig, read_config
from training.simulation.ranker import FormRanker
from training.simulation.run import Simulation
from training.simulation.way import Ours
from triage.agent import Agent
from triage.errors import ConfigurationError, InputError
from triage.mode import Mode
from triage.policy import Policy
from triage.routing.policy import RoutingPolicy, TeamRouting
from triage.routing.roster import Roster
from triage.sla.book import SlaBook

AGENTS = [Agent("ada", "Network"), Agent("bob", "Mail")]


def history():
    """Twenty tickets before, ten within the week: ada has vpn, bob mail; every third bounced."""
    found = []
    for number in range(30):
        is_vpn = number % 2 == 0
        found.append(
            past(
                f"T-{number:02}",
                12.0 * number,
                takes=2,
                assignee="ada" if is_vpn else "bob",
                product="vpn" if is_vpn else "mail",
                labels={"team": "Network" if is_vpn else "Mail", "priority": "high"},
                reassignments=int(number % 3 == 0),
            )
        )
    return found


def test_what_would_have_happened_stands_beside_what_did():
    config = SimulationConfig(resolve_hours={"high": 1.5})
    found = compare(history(), AGENTS, 1, config)
    real, in_turn, ours = found.ways
    assert [one.way for one in found.ways] == ["happened", "round-robin", "triage"]
    assert real.tickets == in_turn.tickets == ours.tickets == 15
    assert (ours.right_agent, ours.right_team, ours.bounced, ours.bounces_avoided) == (1.0, 1.0, 0, 5)
    assert real.bounced == 5 and real.right_agent is None
    assert in_turn.right_agent < 1.0
    assert ours.hours_median == 0 and ours.gini == pytest.approx(real.gini)
    assert real.targets_met == ours.targets_met == 0.0
    assert found.until - found.since == timedelta(weeks=1)


def test_a_mode_that_is_off_does_not_keep_a_team_out_of_a_simulation():
    config = SimulationConfig(RoutingPolicy(teams={"Network": TeamRouting(mode=Mode.OFF)}))
    ours = compare(history(), AGENTS, 1, config, known=["team"]).ways[-1]
    assert ours.assigned == 15


def test_holidays_are_days_off():
    agents = [Agent(one.agent, one.team, shift="Mon-Sun 00:00-24:00") for one in AGENTS]
    # 14 March 2026 is no holiday in Germany; 1 May is one.
    may = [past("T-1", 0), past("T-2", 24 * 60 + 1)]
    ours = compare(may, agents, 1, SimulationConfig(country="DE")).ways[-1]
    assert (MONDAY + (24 * 60 + 1) * HOUR).strftime("%m-%d") == "05-01"
    assert ours.hours_median == 14


def test_the_reader_is_told_what_the_figures_rest_on():
    notes = " ".join(compare(history(), [Agent("ada", "Network")], 1, SimulationConfig()).notes)
    assert "8 of 15 tickets were handled by people who are not among the agents" in notes
    assert "--known" in notes
    told = compare(history(), AGENTS, 1, SimulationConfig(), known=["team"])
    assert "--known" not in " ".join(told.notes) and "taken as known" in " ".join(told.notes)
    assert told.ways[-1].right_agent == 1.0 and told.ways[-1].bounces_avoided is None


@pytest.mark.parametrize(
    ("tickets", "agents"), [([], AGENTS), (history(), []), (history(), [Agent("ada", active=False)])]
)
def test_nothing_to_simulate_is_said(tickets, agents):
    with pytest.raises(InputError, match="active agents"):
        compare(tickets, agents, 1, SimulationConfig())


def test_a_configuration_is_read(tmp_path):
    path = tmp_path / "simulate.toml"
    path.write_text(
        '[routing]\nheadroom_weight = 0.0\n[simulation]\ncountry = "DE"\nresolve_hours = {high = 8}\n'
    )
    config = read_config(path)
    assert (config.routing.headroom_weight, config.country, config.resolve_hours) == (
        0.0,
        "DE",
        {"high": 8.0},
    )
    assert read_config(None) == SimulationConfig()


@pytest.mark.parametrize(
    "text",
    [
        *("[", "[other]", "[routing]\nskils = 1", "[simulation]\nzone = 1", "[simulation]\ncountry = 1"),
        *("[simulation]\nresolve_hours = {high = 0}", "simulation = 3", "[simulation]\nresolve_hours = 3"),
    ],
)
def test_a_wrong_configuration_is_refused(tmp_path, text):
    path = tmp_path / "simulate.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError):
        read_config(path)


def test_promises_of_a_book_are_judged_in_business_time():
    document = {
        "calendars": [{"name": "office", "hours": "Mon-Fri 09:00-17:00"}],
        "policies": [{"name": "all", "priority": ["high"], "response": "30m", "resolution": "1h"}],
    }
    book = SlaBook.from_document(document)
    # Filed on Friday at a quarter to five, begun and answered on Monday at nine, solved at ten.
    friday = past("T-1", 4 * 24 + 7.75, labels={"priority": "high"})
    monday = MONDAY + 7 * 24 * HOUR
    slow = replace(friday, assigned_at=monday, first_response_at=monday, resolved_at=monday + HOUR)
    found = compare([slow], AGENTS, 1, SimulationConfig(), book=book)
    real, _, ours = found.ways
    assert (real.answers_met, real.targets_met) == (1.0, 0.0)
    # Given at once it takes as long, and is done an hour after filing: a quarter of it business time.
    assert (ours.answers_met, ours.targets_met) == (1.0, 1.0)
    assert "the clocks ran on" in " ".join(found.notes)
    assert real.targets_met != compare([slow], AGENTS, 1, SimulationConfig()).ways[0].targets_met


def test_of_tickets_that_wait_the_one_with_the_promise_goes_first():
    book = SlaBook.from_document(
        {"policies": [{"name": "vip", "organization": ["Acme"], "resolution": "4h"}]}
    )
    busy = past("T-0", 0, takes=3)
    calm, promised = past("T-1", 0.5), past("T-2", 1)
    promised = replace(promised, ticket=replace(promised.ticket, organization="Acme"))
    order = []
    for one in (None, book):
        policy = Policy()
        roster = Roster([Agent("ada", capacity=1)], policy=policy.routing)
        simulation = Simulation(
            [busy, calm, promised], MONDAY, roster, policy, FormRanker(), Ours(), book=one
        )
        lived = sorted(simulation.run(), key=lambda each: each.assigned_at)
        order.append([each.past.ticket.ticket_id for each in lived])
    assert order == [["T-0", "T-1", "T-2"], ["T-0", "T-2", "T-1"]]
