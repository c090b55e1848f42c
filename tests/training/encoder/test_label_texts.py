import numpy as np

from training.encoder.label_texts import is_few_shot, label_texts


def test_names_of_labels_become_texts():
    names = {"category": ["card_arrival", "lost-or-stolen", "vpn"], "assignee": ["ann", "bob"]}
    classes = {"category": np.array([0, 2, 2, -1]), "assignee": np.array([0, 1, 0, 1])}
    texts, theirs = label_texts(names, classes)
    assert texts == ["card arrival", "vpn"]  # none for a label that no ticket has, none for people
    assert theirs["category"].tolist() == [0, 2] and theirs["assignee"].tolist() == [-1, -1]


def test_what_labels_are_described_as_is_read_beside_their_names_and_of_people_alone():
    names = {"category": ["17", "vpn"], "assignee": ["ann", "bob"]}
    classes = {"category": np.array([0, 1]), "assignee": np.array([0, 1])}
    told = {"category": {"17": "Parking", "vpn": "from home"}, "assignee": {"bob": "payroll"}}
    texts, theirs = label_texts(names, classes, told)
    assert texts == ["Parking", "vpn: from home", "payroll"]
    assert theirs["category"].tolist() == [0, 1, -1] and theirs["assignee"].tolist() == [-1, -1, 1]


def test_names_that_say_nothing_are_left_out():
    texts, theirs = label_texts({"team": ["17", "--"]}, {"team": np.array([0, 1])})
    assert texts == [] and theirs["team"].size == 0


def test_few_shot_is_below_twenty_tickets_a_label():
    classes = np.arange(60) % 3
    assert not is_few_shot(classes) and is_few_shot(classes[:59])
