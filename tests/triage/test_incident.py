from datetime import timedelta

from tests.triage.made_incident import BURST, incident
from triage.incident import growth


def test_growth_counts_every_step_and_those_without_any():
    one = incident(count=16)
    assert growth(one) == [(BURST, 12), (BURST + timedelta(hours=1), 4)]
    points = growth(one, timedelta(minutes=5))
    assert [count for _, count in points] == [1] * 16


def test_words_are_said_as_people_write_them():
    assert incident().words == ("certificates", "vpn")
