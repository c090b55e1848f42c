from tests.training.check.made import past
from training.check.gaps import find_gaps


def test_a_month_without_tickets_is_found_between_its_neighbours():
    tickets = [past(number, hours=number + (720 if number >= 200 else 0)) for number in range(400)]
    (found,) = find_gaps(tickets)
    assert found.rows == ("T-199", "T-200")
    assert "30 days" in found.text


def test_several_gaps_are_one_finding_that_lists_the_longest():
    waits = {100: 10, 200: 40, 300: 20, 400: 30, 500: 60, 600: 50}
    hours, tickets = 0, []
    for number in range(700):
        hours += 1 + 24 * waits.get(number, 0)
        tickets.append(past(number, hours=hours))
    (found,) = find_gaps(tickets)
    assert [found.text.count(f"{days} days from") for days in (60, 50, 40, 30, 20, 10)] == [1, 1, 1, 1, 1, 0]
    assert found.text.endswith(" and 1 shorter.")
    assert found.rows[:4] == ("T-499", "T-500", "T-599", "T-600")


def test_weekends_and_the_waits_of_a_quiet_helpdesk_are_no_gaps():
    assert (
        find_gaps([past(number, hours=24 * (7 * (number // 5) + number % 5)) for number in range(200)]) == []
    )
    assert find_gaps([past(number, hours=24 * 9 * number) for number in range(50)]) == []
    assert find_gaps([]) == []
