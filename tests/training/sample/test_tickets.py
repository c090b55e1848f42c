from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from training.sample.arrivals import Arrivals, public_holidays, span_before
from training.sample.tickets import PRIORITY, History

UNTIL = date(2026, 11, 1)


def created(rows: list[dict[str, str]], zone: str = "UTC") -> list[datetime]:
    return [datetime.fromisoformat(row["created_at"]).astimezone(ZoneInfo(zone)) for row in rows]


def changed_at(written) -> datetime:
    span = span_before(UNTIL)
    return datetime.fromtimestamp(span.at(written.preset.taxonomy_change.at), ZoneInfo("UTC"))


def test_the_week_has_its_shape(written) -> None:
    days = Counter(at.weekday() for at in created(written.tickets, written.preset.zone))
    weights = written.preset.weekday_weights
    busiest, calmest = weights.index(max(weights)), weights.index(min(weights))
    assert days[busiest] > 1.3 * days[calmest]


def test_the_day_has_its_shape_in_the_company_s_own_zone(written) -> None:
    hours = Counter(at.hour for at in created(written.tickets, written.preset.zone))
    weights = written.preset.hour_weights
    order = sorted(range(24), key=lambda hour: weights[hour])
    night, day = order[:8], order[-8:]
    assert sum(hours[hour] for hour in day) > 2 * sum(hours[hour] for hour in night)


def test_summer_time_moves_no_working_day(it_preset, tmp_path) -> None:
    span = span_before(UNTIL)
    arrivals = Arrivals(it_preset, span, public_holidays(it_preset, span), seed=7)
    moments, _ = arrivals.draw(40_000)
    zone = ZoneInfo(it_preset.zone)
    shares = {}
    for name, months in (("summer", (6, 7, 8)), ("winter", (12, 1, 2))):
        hours = [
            at.hour for at in (datetime.fromtimestamp(int(m), zone) for m in moments) if at.month in months
        ]
        shares[name] = sum(hour < 8 for hour in hours) / len(hours)
    # A fixed offset would move a whole busy hour across eight o'clock: 0.05 would become 0.13 or 0.02.
    assert shares["summer"] == pytest.approx(shares["winter"], abs=0.02)


def test_public_holidays_are_calm(it_preset) -> None:
    span = span_before(UNTIL)
    arrivals = Arrivals(it_preset, span, public_holidays(it_preset, span), seed=7)
    moments, _ = arrivals.draw(40_000)
    days = Counter(datetime.fromtimestamp(int(m), ZoneInfo(it_preset.zone)).date() for m in moments)
    assert days[date(2025, 12, 25)] < 0.5 * days[date(2025, 12, 18)]


def test_volume_grows(it_preset) -> None:
    span = span_before(UNTIL)
    moments, _ = Arrivals(it_preset, span, frozenset(), seed=7).draw(20_000)
    middle = span.at(0.5)
    late = sum(int(m) >= middle for m in moments)
    assert late > 0.51 * len(moments)


def test_each_incident_is_a_burst_of_look_alikes(written) -> None:
    span = span_before(UNTIL)
    preset = written.preset
    windows = Arrivals(preset, span, public_holidays(preset, span), seed=7).incident_windows
    moments = [at.timestamp() for at in created(written.tickets)]
    usual_per_hour = len(moments) / ((span.until - span.since) / 3600)
    for incident, (start, end) in zip(preset.incidents, windows, strict=True):
        inside = [row for row, at in zip(written.tickets, moments, strict=True) if start <= at < end]
        kind = Counter(row["subcategory"] for row in inside)
        assert len(inside) > 3 * usual_per_hour * incident.hours
        assert kind[incident.subcategory] > 0.5 * len(inside)


def test_labels_before_the_taxonomy_change_are_the_old_ones(written) -> None:
    moment = changed_at(written)
    change = written.preset.taxonomy_change
    today = {category.id for category in written.preset.categories}
    old, new = set(change.before.values()), {label for label, _ in change.before}
    before = Counter(
        row["category"]
        for row, at in zip(written.tickets, created(written.tickets), strict=True)
        if at < moment
    )
    after = Counter(
        row["category"]
        for row, at in zip(written.tickets, created(written.tickets), strict=True)
        if at >= moment
    )
    assert sum(before[label] for label in old) > 20
    assert sum(after[label] for label in new) > 20
    assert set(after) <= today
    assert not set(before) & (new - old)


def test_agents_answer_while_they_are_at_work(written) -> None:
    zone = ZoneInfo(written.preset.zone)
    office = {agent.id: agent.shift for agent in written.preset.agents if agent.shift.startswith("Mon-Fri")}
    for row in written.tickets:
        if row["assignee"] not in office:
            continue
        start, end = office[row["assignee"]].split(" ", 1)[1].replace(" ", "").split("-")
        for column in ("assigned_at", "first_response_at", "resolved_at"):
            if row[column]:
                at = datetime.fromisoformat(row[column]).astimezone(zone)
                clock = f"{at:%H:%M}"
                assert at.weekday() < 5 or end < start
                assert start <= clock < end if start < end else (clock >= start or clock < end)


def test_priority_follows_the_matrix_with_a_few_exceptions(written) -> None:
    right = sum(PRIORITY[row["impact"], row["urgency"]] == row["priority"] for row in written.tickets)
    assert 0.94 < right / len(written.tickets) < 1


def test_requesters_come_back(written) -> None:
    counts = Counter(row["requester"] for row in written.tickets)
    assert sum(count > 1 for count in counts.values()) > 0.3 * len(counts)
    organizations = {(row["requester"], row["organization"]) for row in written.tickets}
    assert len(organizations) == len(counts)


def test_most_links_lead_to_an_article_that_fits(written) -> None:
    fitting = {
        (category.id, part.id): set(part.articles)
        for category in written.preset.categories
        for part in category.subcategories
    }
    by_part: dict[str, set[str]] = {}
    for (_, part), articles in fitting.items():
        by_part.setdefault(part, set()).update(articles)
    part_of = {row["ticket_id"]: row["subcategory"] for row in written.tickets}
    right = sum(link["article_id"] in by_part[part_of[link["ticket_id"]]] for link in written.links)
    assert 0.65 < right / len(written.links) < 0.95


def test_texts_vary(written) -> None:
    bodies = [row["body"] for row in written.tickets]
    assert len(set(bodies)) > 0.93 * len(bodies)
    assert any("Forwarded message" in body for body in bodies)
    assert any("support wrote:" in body for body in bodies)
    assert not any(first == second for first, second in pairwise(bodies) if len(first) > 120)


def test_a_plain_model_learns_it_but_not_perfectly(written) -> None:
    change = written.preset.taxonomy_change
    old = set(change.before.values())
    # The change of labels is for the merge map to handle; here both names of it count as one label.
    merged = old | {label for label, _ in change.before}
    texts = [f"{row['subject']} {row['body']}" for row in written.tickets]
    labels = ["changed" if row["category"] in merged else row["category"] for row in written.tickets]
    cut = 2400
    model = make_pipeline(
        TfidfVectorizer(sublinear_tf=True, min_df=3), LogisticRegression(C=5, max_iter=500, tol=1e-2)
    )
    model.fit(texts[:cut], labels[:cut])
    assert 0.60 < model.score(texts[cut:], labels[cut:]) < 0.97


def test_two_companies_of_one_seed_have_other_people(it_preset) -> None:
    other = replace(it_preset, id="other")
    span = span_before(UNTIL)
    first, second = (
        [ticket.requester.id for ticket in History(preset, span, 7).tickets(200)]
        for preset in (it_preset, other)
    )
    assert len(set(first) & set(second)) < 0.2 * len(set(first))
