from training.label_pick import FEWEST, SHORT, pick_labels


def rows(count: int) -> list[dict]:
    return [{"label": f"l{place}", "tickets": place, "recall": 1 - place / 100} for place in range(count)]


def test_a_short_table_is_shown_whole():
    assert pick_labels(rows(SHORT)) == {"hardest": [], "thinnest": [], "is_open": True}


def test_of_a_long_one_the_hardest_that_can_be_judged_and_the_thinnest_are_picked():
    found = pick_labels(rows(SHORT + 1))
    assert not found["is_open"]
    assert [row["label"] for row in found["hardest"][:2]] == ["l40", "l39"]
    assert all(row["tickets"] >= FEWEST for row in found["hardest"])
    assert [row["tickets"] for row in found["thinnest"]] == list(range(10))
