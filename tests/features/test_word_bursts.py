import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import word_bursts
from features.ticket_sight import sight
from features.word_bursts import DAY, HOUR, WEEK, WordBursts
from tests.triage.made_incident import BURST, burst, by_time, ordinary


def counted(tickets) -> WordBursts:
    bursts = WordBursts()
    for one in tickets:
        sight(bursts, one, one.created_at, judged=False)
    return bursts


def words_of(found) -> set[str]:
    return {one.word for one in found}


def test_words_that_many_people_suddenly_use_burst_and_usual_ones_dont():
    bursts = counted(by_time([one for one in ordinary() if one.created_at < BURST], burst(8)))
    found = bursts.measure(["certificate", "expired", "printer", "please"])
    assert words_of(found) == {"certificate", "expired"}
    assert found[0].tickets == 8 and found[0].expected < 1 and found[0].surprise > 5


def test_a_requester_counts_once():
    before = [one for one in ordinary() if one.created_at < BURST]
    assert counted(by_time(before, burst(12, requesters=2))).measure(["certificate"]) == []


def test_nothing_bursts_before_two_weeks_are_known():
    early = [one for one in ordinary(days=10)]
    at = early[-1].created_at
    assert counted([*early, *burst(10, at=at)]).measure(["certificate"]) == []


def test_what_comes_in_the_same_hours_of_every_week_is_no_burst():
    ordinary_ones = [one for one in ordinary() if one.created_at < BURST]
    weekly = [
        one for week in range(1, 5) for one in burst(8, at=BURST - week * (BURST - BURST.replace(day=2)))
    ]
    assert (BURST - BURST.replace(day=2)).days == 7
    assert counted(by_time(ordinary_ones, burst(8))).measure(["certificate"])
    assert counted(by_time(ordinary_ones, weekly, burst(8))).measure(["certificate"]) == []


def test_a_product_that_is_new_to_us_is_no_burst():
    bursts = counted([one for one in ordinary() if one.created_at < BURST])
    shown = [
        bursts.add(f"N-{n}", BURST.timestamp() + n, ["inbox"], requester=f"n{n}", product="mail")
        for n in range(40)
    ]
    assert sum(shown) < 10 and not any(shown[10:])


def test_tickets_without_a_product_are_no_newcomers_among_tickets_with_products():
    past = [replace(one, product="laptop") for one in ordinary() if one.created_at < BURST]
    bursts = counted(past)
    sights = [sight(bursts, one, one.created_at, judged=True) for one in burst(12)]
    assert {one.word for one in sights[-1].bursts} >= {"certificate", "expired"}


def test_a_crowd_is_told_by_product_whatever_it_is_about():
    bursts = counted([one for one in ordinary(days=50) if one.created_at < BURST])
    assert bursts.crowd(None) is None
    draw = random.Random(1)
    for number in range(70):
        at = BURST.timestamp() + number * 600
        bursts.add(f"C-{number}", at, [draw.choice("abcdefgh") * 4], requester=f"c{number}", product=None)
    crowd = bursts.crowd(None)
    assert crowd.tickets > 2 * crowd.expected and crowd.surprise > 5 and crowd.word == ""


def test_what_is_kept_is_bounded(monkeypatch):
    monkeypatch.setattr(word_bursts, "MOST_TICKETS", 100)
    bursts = WordBursts()
    for number in range(3_000):
        bursts.add(f"T-{number}", number * HOUR / 4, [f"w{number}"], requester=None, product=None)
    assert len(bursts) <= 100
    assert len(bursts._times_of) <= 100 + 2
    assert len(bursts._filed) <= 1_100
    for number in range(3_000, 3_200):
        bursts.add(f"T-{number}", 80 * DAY + number * WEEK, [], requester=None, product=None)
    assert len(bursts) <= 9 and set(bursts._times_of) == {word_bursts.ALL}


def test_a_ticket_that_comes_late_counts_when_it_comes():
    bursts = WordBursts()
    bursts.add("A", 10 * DAY, ["a"], requester=None, product=None)
    bursts.add("B", 9 * DAY, ["b"], requester=None, product=None)
    assert bursts._now == 10 * DAY and bursts.volume().tickets == 2


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(5, 12))
def test_the_order_within_one_moment_does_not_matter(draw, count):
    def after(tickets):
        bursts = WordBursts()
        for number in range(400):
            bursts.add(f"O-{number}", number * HOUR, [f"w{number % 7}"], requester=None, product=None)
        for name, word in tickets:
            bursts.add(name, 400 * HOUR, ["vpn", word], requester=name, product=None)
        return bursts.measure(["vpn", "a", "b", "w1"]), bursts.crowd(None), bursts.volume()

    batch = [(f"B-{number}", "ab"[number % 2]) for number in range(count)]
    shuffled = draw.sample(batch, len(batch))
    assert after(batch) == after(shuffled)


@pytest.mark.parametrize("count", [5, 20, 80])
def test_more_people_are_more_surprising(count):
    assert word_bursts._surprise(count + 1, 2.0) > word_bursts._surprise(count, 2.0) > 0
    assert word_bursts._surprise(count, 3.0) < word_bursts._surprise(count, 2.0)


def test_words_that_many_tickets_always_have_say_nothing_however_many_come():
    past = [
        replace(one, body=f"Hello, thank you, {one.body}") for one in ordinary() if one.created_at < BURST
    ]
    past = [one if at % 4 else replace(one, body=one.subject) for at, one in enumerate(past)]
    bursts = counted(past)
    for number in range(60):
        words = ["hello", "thank", "please", "certificate"]
        bursts.add(
            f"N-{number}", BURST.timestamp() + 60 * number, words, requester=f"n{number}", product=None
        )
    asked = ["hello", "thank", "please", "certificate"]
    assert words_of(bursts.measure(asked)) == {"certificate"}
    assert words_of(bursts.measure_in_crowd(asked)) == {"certificate"}
