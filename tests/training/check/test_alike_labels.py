import tomllib

import pytest

from training.check.alike_labels import find_alike_labels
from training.config import TrainingConfig


def codes(*labels: str, field: str = "category") -> list[str]:
    return [one.code for one in find_alike_labels(field, {label: ["T-1"] for label in labels})]


@pytest.mark.parametrize("other", ["Wi-Fi", "WIFI", "wi fi", "wifi.", "wïfi"])
def test_a_label_in_other_dress_is_the_same(other):
    assert codes("wifi", other) == ["same_label"]


@pytest.mark.parametrize(("one", "other"), [("refund", "refunds"), ("printing", "prinitng")])
def test_a_letter_more_or_swapped_looks_alike(one, other):
    assert codes(one, other) == ["similar_label"]


@pytest.mark.parametrize(("one", "other"), [("Tier 1", "Tier 2"), ("vpn", "vpm"), ("login", "network")])
def test_labels_that_are_meant_to_differ_are_left_alone(one, other):
    assert codes(one, other) == []


def test_people_with_like_names_are_not_one_person():
    assert codes("Joan Smith", "Joan Smyth", field="assignee") == []
    assert codes("joan smith", "Joan Smith", field="assignee") == ["same_label"]


def test_the_rarer_label_goes_into_the_commoner_and_its_tickets_are_named():
    (found,) = find_alike_labels("team", {"Billing": ["T-1"], "billing": ["T-2", "T-3"]})
    assert found.rows == ("T-1",)
    assert found.tickets == 1


def test_all_groups_of_a_field_are_one_finding_those_with_most_tickets_first():
    rows = {"Wifi": ["T-1"], "wifi": ["T-2", "T-3"], "VPN-Client": ["T-4", "T-5"], "vpn client": ["T-6"] * 3}
    (found,) = find_alike_labels("category", rows)
    assert found.text.index("vpn client") < found.text.index("wifi")
    assert found.rows == ("T-4", "T-5", "T-1")
    assert found.likely == ("vpn client", "vpn client", "wifi")


def test_what_only_looks_alike_has_no_likely_label():
    (found,) = find_alike_labels("category", {"refund": ["T-1", "T-2"], "refunds": ["T-3"]})
    assert (found.code, found.rows, found.likely) == ("similar_label", ("T-3",), ())


def test_the_remedy_is_a_line_that_the_configuration_reads():
    awkward = 'the "old" one'
    (found,) = find_alike_labels("team", {awkward: ["T-1"], 'The "old" one': ["T-2", "T-3"]})
    line = found.remedy.split(": ", 1)[1]
    config = TrainingConfig.from_document(tomllib.loads(line))
    assert config.merged == {"team": {awkward: 'The "old" one'}}
