from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.triage.made_incident import BURST
from triage.incident import IncidentState, Sighting, Volume, WordBurst
from triage.incident_watch import MUTED, QUIET, IncidentWatch

MINUTE = timedelta(minutes=1)
FORMS = {"vpn": "VPN", "certificate": "certificates", "help": "help"}


class FakeNumbers:
    """Says what it was told to."""

    def __init__(self, surprise=8.0, words=("vpn", "certificate")):
        self.bursts = [WordBurst(one, 12, 0.5, surprise - place, 3.0) for place, one in enumerate(words)]

    def measure(self, words):
        return [one for one in self.bursts if one.word in words]

    def measure_in_crowd(self, words):
        return self.measure(words)

    def volume(self):
        return Volume(40, 24.0)


def seen(name, at=BURST, numbers=None, words=FORMS, **more):
    told = tuple((numbers or FakeNumbers()).measure(words))
    return Sighting(name, at, words, told, **more)


def quiet(name, at=BURST, words=FORMS):
    return Sighting(name, at, words)


def watch_with(count=5, **more):
    """A watch that has seen a few look-alikes which did not burst yet."""
    watch = IncidentWatch("acme", **more)
    for number in range(count):
        watch.see(quiet(f"T-{number}", BURST + number * MINUTE), FakeNumbers())
    return watch


def raised(watch=None, numbers=None, at=BURST + 6 * MINUTE):
    return (watch or watch_with()).see(seen("X", at, numbers), numbers or FakeNumbers())


def test_an_incident_has_its_tickets_words_and_volume():
    found = raised()
    assert [one.ticket_id for one in found.members] == ["T-0", "T-1", "T-2", "T-3", "T-4", "X"]
    assert found.words == ("VPN", "certificates")
    assert (found.raised_by, found.volume.tickets, found.state) == ("X", 40, IncidentState.SUSPECTED)


def test_below_the_threshold_nothing_is_raised():
    assert raised(watch_with(threshold=9.0)) is None


def test_one_word_in_common_is_no_incident():
    assert raised(numbers=FakeNumbers(words=("help",))) is None


def test_a_number_alone_raises_nothing():
    words = {"115": "115", "116": "116"}
    numbers = FakeNumbers(words=tuple(words))
    watch = IncidentWatch("acme")
    for number in range(9):
        assert watch.see(seen(f"T-{number}", numbers=numbers, words=words), numbers) is None


def test_too_few_tickets_are_no_incident():
    assert raised(watch_with(3)) is None


def test_look_alikes_join_and_others_dont():
    watch = watch_with()
    first = raised(watch)
    still = FakeNumbers(surprise=3.0)
    grown = watch.see(seen("Y", BURST + 9 * MINUTE, still), still)
    assert grown.incident_id == first.incident_id and grown.members[-1].ticket_id == "Y"
    assert watch.see(quiet("Z", BURST + 9 * MINUTE), still) is None
    assert watch.see(seen("P", BURST + 9 * MINUTE, still, words={"printer": "printer"}), still) is None


def test_what_comes_after_three_quiet_days_is_a_new_one():
    watch = watch_with()
    first = raised(watch)
    later = BURST + QUIET + timedelta(hours=1)
    for number in range(5):
        watch.see(quiet(f"L-{number}", later), FakeNumbers())
    second = watch.see(seen("L-X", later), FakeNumbers())
    assert second.incident_id != first.incident_id


def test_look_alikes_of_a_dismissed_incident_stay_quiet_unless_twice_as_surprising():
    watch = watch_with()
    watch.update(replace(raised(watch), state=IncidentState.DISMISSED))
    later = BURST + timedelta(hours=2)
    assert watch.see(seen("Y", later), FakeNumbers()) is None
    loud = FakeNumbers(surprise=17.0)
    again = watch.see(seen("Z", later, loud), loud)
    assert again is not None and again.raised_by == "Z"


def test_a_dismissed_incident_is_forgotten_after_four_weeks():
    watch = watch_with()
    watch.update(replace(raised(watch), state=IncidentState.DISMISSED))
    watch.learn(quiet("N", BURST + MUTED + timedelta(hours=2)))
    assert watch.incidents == []


def test_a_crowd_is_raised_by_what_grew_most():
    crowd = WordBurst("mail", 90, 30.0, 6.0, 24.0)
    watch = watch_with(0)
    numbers = FakeNumbers()
    for number in range(6):
        sighting = replace(quiet(f"C-{number}"), product="mail")
        watch.see(sighting, numbers)
    watch.learn(replace(quiet("OTHER"), product="web"))
    found = watch.see(replace(quiet("C-X"), product="mail", crowd=crowd), numbers)
    assert found.surprise == 6.0 and "OTHER" not in {one.ticket_id for one in found.members}
    assert (
        watch.see(replace(quiet("C-Y"), product="mail", crowd=crowd), numbers).incident_id
        == found.incident_id
    )


def test_a_watch_made_anew_from_what_was_raised_goes_on():
    watch = watch_with()
    first = raised(watch)
    again = watch_with(known=[first])
    assert again.see(seen("Y", BURST + 9 * MINUTE), FakeNumbers()).incident_id == first.incident_id


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 12), min_size=5, max_size=30))
def test_look_alikes_are_never_raised_twice(surprises):
    watch, found = IncidentWatch("acme"), []
    for number, surprise in enumerate(surprises):
        numbers = FakeNumbers(surprise=max(surprise, 3.0))
        incident = watch.see(seen(f"T-{number}", BURST + number * MINUTE, numbers), numbers)
        found += [incident] if incident else []
    assert len({one.incident_id for one in found}) <= 1
    assert len({one.ticket_id for one in found[-1].members}) == len(found[-1].members) if found else True


def test_an_unrelated_ticket_that_shares_one_word_stays_out():
    """A rare word is as good as four ratios, and still one word."""
    forms = {one: one for one in ("quuxomat", "error", "77", "update")}
    numbers = FakeNumbers(words=tuple(forms))
    watch = IncidentWatch("acme")
    watch.see(quiet("DISK", BURST - timedelta(hours=23), {"disk": "disk", "update": "update"}), numbers)
    for number in range(15):
        found = watch.see(seen(f"Q-{number}", BURST + number * MINUTE, numbers, forms), numbers)
    assert found.members[0].ticket_id == "Q-0" and len(found.members) == 15
    assert found.words == ("quuxomat", "error", "77", "update")
    late = seen("LATE", BURST + timedelta(hours=1), numbers, {"tablet": "tablet", "update": "update"})
    assert "LATE" not in {one.ticket_id for one in (watch.see(late, numbers) or found).members}


def test_words_that_say_nothing_raise_nothing():
    numbers = FakeNumbers(words=("please", "way"))
    watch = watch_with()
    bursts = tuple(numbers.measure(("please", "way")))
    assert watch.see(Sighting("X", BURST + 6 * MINUTE, FORMS, bursts), numbers) is None
