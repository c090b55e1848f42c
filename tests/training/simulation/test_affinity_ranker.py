from datetime import timedelta

from tests.features.fake_encoder import WordEncoder
from tests.training.simulation.test_run import HOUR, MONDAY, past
from training.simulation.affinity_ranker import affinity_rankers
from training.simulation.compare import compare
from training.simulation.config import SimulationConfig
from triage.agent import Agent
from triage.ticket import PastTicket, Ticket

AGENTS = [Agent("ada"), Agent("bob"), Agent("new", skills=("printer",)), Agent("idle")]


def told(number: int, subject: str, agent: str, hours: float) -> PastTicket:
    one = past(f"T-{number:03}", hours, assignee=agent, takes=2)
    ticket = Ticket(one.ticket.ticket_id, subject, created_at=one.ticket.created_at)
    return PastTicket(ticket, one.labels, assigned_at=one.assigned_at, resolved_at=one.resolved_at)


def history(count: int = 160):
    """Ada has vpn and bob mail: told by nothing but the words."""
    return [
        told(number, f"{('vpn', 'mail')[number % 2]} broken", ("ada", "bob")[number % 2], 6.0 * number)
        for number in range(count)
    ]


def test_texts_tell_who_is_good_at_them_and_scores_are_chances_of_those_asked():
    since = MONDAY + 120 * 6 * HOUR
    ranker = affinity_rankers(history(), AGENTS, since, WordEncoder())()
    for one in history(120):
        ranker.learn(one, one.labels_known_at)
    vpn, mail = history()[130:132]
    assert ranker.rank(vpn.ticket, since, ["ada", "bob"])[0].agent == "ada"
    ranked = ranker.rank(mail.ticket, since, ["ada", "bob", "idle"])
    assert [one.agent for one in ranked] == ["bob", "ada"]
    # A little is left to who has had nothing yet.
    assert 0.9 < sum(one.score for one in ranked) < 1
    assert [one.agent for one in ranker.rank(vpn.ticket, since, ["bob"])] == ["bob"]


def test_who_is_new_is_known_by_skills():
    printer = told(200, "printer broken", "ada", 1_000)
    since = MONDAY + 999 * HOUR
    ranker = affinity_rankers([*history(), printer], AGENTS, since, WordEncoder())()
    for one in history():
        ranker.learn(one, one.labels_known_at)
    assert "new" in [one.agent for one in ranker.rank(printer.ticket, since, ["new", "ada"])]


def test_weights_come_from_before_the_simulation_only():
    since = MONDAY + 120 * 6 * HOUR
    early = affinity_rankers(history(120), AGENTS, since, WordEncoder())()
    late = affinity_rankers(history(160), AGENTS, since, WordEncoder())()
    assert (early._index.model.weights == late._index.model.weights).all()


def test_a_simulation_finds_by_words_whom_the_form_does_not_tell():
    agents = [Agent("ada"), Agent("bob")]
    tickets = history()
    since = tickets[-1].ticket.created_at - timedelta(weeks=1)
    texts = affinity_rankers(tickets, agents, since, WordEncoder())
    by_text = compare(tickets, agents, 1, SimulationConfig(), ranker=texts).ways[-1]
    by_form = compare(tickets, agents, 1, SimulationConfig()).ways[-1]
    assert by_text.right_agent > 0.9 > by_form.right_agent
