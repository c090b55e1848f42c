from training.affinity.told import told_of_people


def test_it_is_told_from_where_on_people_can_be_trusted():
    everybody = {"precision": 0.95, "threshold": None, "judged": 1200, "right": 0.41}
    team = {"precision": 0.95, "threshold": 0.834, "judged": 1100, "right": 0.62}
    assert told_of_people({"learnt_from": 6000, "everybody": everybody, "team": team}) == (
        "Assignees: everybody asked, the first was right in 41% of 1,200 judged tickets, and none is sure "
        "enough for 95%; within the right team, the first was right in 62% of 1,100 judged tickets, and 95% "
        "holds from affinity 0.83 on."
    )


def test_with_too_few_it_is_told_and_without_assignees_nothing_is():
    assert told_of_people({"learnt_from": 0}) == "Assignees: too few to judge, suggested only."
    assert told_of_people({}) == ""
