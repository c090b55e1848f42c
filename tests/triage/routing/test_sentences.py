from dataclasses import replace

import pytest

from tests.triage.routing.desk import situation
from triage.agent import Agent
from triage.assignment import Candidate
from triage.routing.assign import assign
from triage.routing.policy import RoutingPolicy
from triage.routing.sentences import over_share
from triage.ticket import Ticket

VPN = Ticket("T-1", "VPN is down", values={"team": "Network"})
ADA = Agent("ada", "Network", capacity=8, shift="Mon-Fri 08:00-18:00")
BOB = Agent("bob", "Network", capacity=8, shift="Mon-Fri 08:00-18:00")
CHOICES = [Candidate("ada", 0.6), Candidate("bob", 0.2)]


def test_what_somebody_has_in_hand_is_not_said_to_be_nothing():
    done = assign(VPN, [], situation(BOB, loads={"bob": 1}))
    assert done.detail == "bob: no such tickets before those in hand, on shift until 18:00, 1 of 8 slots used"


def test_who_is_known_by_declared_skills_alone_is_said_to_be():
    able = Agent("new", "Network", skills=("dns", "vpn"), skill_levels={"vpn": 3})
    done = assign(VPN, [Candidate("new", 0.4)], situation(able))
    assert done.choices[0].sentence == "declared skills vpn (level 3), dns (level 1), no such tickets yet"


@pytest.mark.parametrize("written", ["German", "Deutsch", "de_AT", "de"])
@pytest.mark.parametrize("spoken", ["German", "deutsch", "de-CH", "de"])
def test_a_language_is_matched_however_it_is_written(written, spoken):
    people = [replace(ADA, languages=("en",)), replace(BOB, languages=(spoken,))]
    assert assign(replace(VPN, language=written), CHOICES, situation(*people)).agent == "bob"


@pytest.mark.parametrize(("written", "named"), [("Elvish", "elvish"), ("Deutsch", "de")])
def test_the_language_that_nobody_speaks_is_named(written, named):
    done = assign(replace(VPN, language=written), CHOICES, situation(replace(ADA, languages=("en",))))
    assert done.detail == f"Nobody of Network can take it now: 1 without the language {named}"


def test_an_unknown_language_is_matched_by_its_name():
    people = [replace(ADA, languages=("en",)), replace(BOB, languages=("Elvish",))]
    assert assign(replace(VPN, language="elvish"), CHOICES, situation(*people)).agent == "bob"


def test_next_there_are_only_those_who_could_have_it():
    routing = RoutingPolicy(skills={"VPN": {"vpn": 2}})
    ticket = replace(VPN, values={"team": "Network", "category": "VPN"}, language="de")
    able = Agent(
        "able", "Network", ("vpn",), 2, "Wed 08:00-10:00", skill_levels={"vpn": 2}, languages=("de",)
    )
    away = [
        replace(able, agent="unskilled", skill_levels={}, shift="Mon 10:00-12:00"),
        replace(able, agent="foreign", languages=("en",), shift="Mon 11:00-12:00"),
        replace(able, agent="full", shift="Mon 12:00-13:00"),
        replace(able, agent="gone", active=False, shift="Mon 13:00-14:00"),
        replace(able, agent="elsewhere", team="Mail", shift="Mon 14:00-15:00"),
    ]
    situated = situation(*away, able, routing=routing, loads={"full": 2})
    assert assign(ticket, [], situated).detail == (
        "Nobody of Network can take it now: 1 deactivated, 1 without the skills, 1 without the language de, "
        "2 off shift; next there Wed 08:00"
    )
    without = situation(*away, routing=routing, loads={"full": 2})
    assert "next there" not in assign(ticket, [], without).detail


def test_times_are_told_in_the_zone_of_the_workspace():
    far = replace(ADA, shift="Mon 08:00-20:00 Asia/Tokyo", zone="Asia/Tokyo")
    assert "on shift until 11:00" in assign(VPN, CHOICES, situation(far)).detail


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["ada"], "ada would come first but has had a fair share"),
        (["ada", "bob", "cid"], "ada, bob and cid would come first but have had a fair share"),
        (["ada", "bob", "cid", "dee"], "ada, bob and 2 more would come first but have had a fair share"),
    ],
)
def test_those_ahead_but_for_a_fair_share_are_named(names, said):
    assert over_share(names) == said
