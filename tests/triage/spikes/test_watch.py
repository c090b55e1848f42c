import numpy as np

from tests.triage.spikes.test_burst import weeks
from triage.spikes.watch import LEAST_HOURS, Quiet, watch

BEGIN = 24 * 7 * 11 + 24 + 9


def desk():
    """A total and its two parts, the second of which bursts."""
    vpn, weekday = weeks(12, 1)
    mail = weeks(12, 2)[0]
    mail[BEGIN : BEGIN + 4] += 40
    return ["total", "category=vpn", "category=mail"], np.stack([vpn + mail, vpn, mail]), weekday


def test_one_burst_is_one_alert_named_after_the_part_that_explains_it():
    names, counts, weekday = desk()
    found = [one for one in watch(names, counts, weekday, 2.0) if abs(one.burst.found - BEGIN) < 5]
    assert [one.series for one in found] == ["category=mail"]
    assert {name for name, _ in found[0].excess} >= {"total", "category=mail"}


def test_a_burst_of_everything_is_named_after_the_total():
    names, counts, weekday = desk()
    counts[1, BEGIN : BEGIN + 4] += 40
    counts[0] = counts[1] + counts[2]
    found = [one for one in watch(names, counts, weekday, 2.0) if abs(one.burst.found - BEGIN) < 5]
    assert [one.series for one in found] in (["total"], ["category=mail"], ["category=vpn"])
    assert found[0].excess[0][0] == "total"


def test_no_budget_and_too_little_history_raise_nothing():
    names, counts, weekday = desk()
    assert watch(names, counts, weekday, 0.0) == []
    assert watch(names, counts[:, : LEAST_HOURS - 1], weekday[: LEAST_HOURS - 1], 5.0) == []


def test_what_people_said_is_heard():
    names, counts, weekday = desk()
    told = [Quiet(BEGIN, BEGIN + 4, "category=mail", is_false=False)]
    assert watch(names, counts, weekday, 2.0, told)
