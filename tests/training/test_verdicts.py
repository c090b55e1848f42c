from training.verdicts import field_verdicts, is_unlearnable, peer_verdicts, unkept_promises


def metrics(**changes):
    return {
        "tickets": 1_000,
        "accuracy": 0.8,
        "majority": 0.3,
        "coverage": 0.5,
        "precision": 0.97,
        "precision_lower_bound": 0.953,
        "ece": 0.01,
        "ece_null_95": 0.04,
        "labels_applied": 5,
    } | changes


def verdicts(labels=5, **changes):
    return field_verdicts({"metrics": metrics(**changes), "target_precision": 0.95, "labels": labels})


def test_a_promise_kept_with_proof_is_said_to_be():
    (only,) = verdicts()
    assert only.good
    assert "97.0% of these were right, 15 wrong" in only.text
    assert "The promise of 95% is kept (at least 95.4%" in only.text


def test_a_promise_kept_on_few_tickets_is_not_called_proven():
    (only,) = verdicts(precision=0.96, precision_lower_bound=0.94)
    assert only.good
    assert "too few tickets to prove it" in only.text


def test_a_little_under_the_promise_is_within_chance_and_far_under_is_broken():
    (near,) = verdicts(precision=0.946, precision_lower_bound=0.93)
    (far,) = verdicts(precision=0.90, precision_lower_bound=0.87)
    assert near.good and "no more than chance" in near.text
    assert not far.good and "is broken" in far.text


def test_a_field_without_any_threshold_can_only_suggest():
    (only,) = verdicts(labels_applied=0, coverage=0.0, precision=None, precision_lower_bound=0.0)
    assert not only.good
    assert "It can only suggest" in only.text


def test_of_a_field_that_cannot_be_learnt_nothing_is_said_of_suggesting():
    facts = {"target_precision": 0.95, "labels": 3, "learnable": False}
    facts["metrics"] = metrics(labels_applied=0, coverage=0.0, precision=None, precision_lower_bound=0.0)
    (only,) = field_verdicts(facts)
    assert "Cannot be learnt from this history" in only.text and "It abstains" in only.text
    assert is_unlearnable(facts) and not is_unlearnable(facts | {"learnable": True})
    assert not is_unlearnable(facts | {"metrics": metrics(tickets=10)})
    kept = facts | {"by_matrix": {"share": 0.9812, "at_least": 0.97706}}
    _, matrix = field_verdicts(kept)
    assert matrix.good and "98.1% of past tickets (at least 97.7%), and is applied" in matrix.text
    _, below = field_verdicts(kept | {"target_precision": 0.98})
    assert not below.good and "is suggested, since 98% is promised" in below.text


def test_a_promise_that_is_a_bound_itself_is_told_with_a_decimal_and_rounded_down():
    facts = {"metrics": metrics(tickets=800, precision=0.9575), "target_precision": 0.95487, "labels": 5}
    (only,) = field_verdicts(facts)
    assert "The promise of 95.4% is kept, on too few tickets to prove it" in only.text


def test_thresholds_that_no_ticket_reached_are_told_apart_from_no_thresholds():
    (only,) = verdicts(coverage=0.0, precision=None, precision_lower_bound=0.0)
    assert "No threshold was reached" in only.text


def test_a_field_no_better_than_its_commonest_label_is_called_not_learnt():
    found = verdicts(accuracy=0.31)
    assert not found[0].good
    assert found[0].text.startswith("Not learnt")


def test_confidence_outside_the_null_band_is_said_and_inside_is_not():
    assert any("Stated confidence" in one.text and not one.good for one in verdicts(ece=0.05))
    assert not any("Stated confidence" in one.text for one in verdicts(ece=0.03))


def test_labels_that_are_never_applied_are_counted():
    assert any("2 of 7 labels have no threshold" in one.text for one in verdicts(labels=7))


def beside(low: float, high: float):
    peer = {
        "accuracy": 0.8 - (low + high) / 2,
        "accuracy_difference_low": low,
        "accuracy_difference_high": high,
    }
    return peer_verdicts({"majority": {"accuracy": 0.3}, "words alone": peer}, metrics())[0]


def test_a_field_is_held_against_the_best_of_the_usual_pipelines():
    assert beside(0.01, 0.03).good and "2.0 points more" in beside(0.01, 0.03).text
    assert not beside(-0.03, -0.01).good and "2.0 points less" in beside(-0.03, -0.01).text
    assert beside(-0.01, 0.03).good and "than chance explains" in beside(-0.01, 0.03).text
    assert "words alone" in beside(0.01, 0.03).text


def test_without_peers_nothing_is_said_of_them_and_without_pairs_no_interval_is():
    assert peer_verdicts({}, metrics()) == []
    (only,) = peer_verdicts({"majority": {"accuracy": 0.9}}, metrics())
    assert not only.good and "10.0 points less." in only.text and "interval" not in only.text


def told(kind, label, tickets, kept, target=0.95):
    return {"kind": kind, "label": label, "target": target, "tickets": tickets, "kept": kept}


def test_labels_with_their_own_promise_do_not_break_the_fields_and_are_judged_by_themselves():
    parts = [told("precision", None, 400, 396), told("precision", "refund", 100, 60, 0.9)]
    field, refund = verdicts(precision=0.912, precision_lower_bound=0.88, promises=parts)
    assert field.good and "Of the 400 with labels that have no own promise 396 were right" in field.text
    assert not refund.good and "Applied with refund: 60 of 100" in refund.text and "broken" in refund.text


def test_a_coverage_and_a_recall_are_judged_too():
    parts = [
        told("coverage", None, 1_000, 500, 0.6),
        told("precision", None, 500, 485),
        told("recall", "security", 40, 40, 0.9),
    ]
    _, coverage, recall = verdicts(promises=parts)
    assert (
        not coverage.good and "Applied to 500 of 1,000 tickets. The promise of 60% is broken" in coverage.text
    )
    assert recall.good and "Truly security: 40 of 40 were flagged or applied" in recall.text


def test_a_field_that_could_not_be_learnt_says_why_and_one_of_one_label_what_it_goes_by():
    none = {"metrics": metrics(tickets=0), "target_precision": 0.95, "labels": 3}
    (told,) = field_verdicts(none | {"reason": "Got labels that never came back."})
    assert not told.good and told.text.endswith("abstains: Got labels that never came back.")
    (alone,) = field_verdicts(none | {"tickets": 300})
    assert "all of its 300 tickets have the same label" in alone.text
    (unlabelled,) = field_verdicts(none | {"tickets": 0})
    assert "no ticket had a label" in unlabelled.text


def test_a_recall_tells_its_price_and_a_dear_one_is_a_warning():
    def catching(flagged: int, right: int):
        recall = told("recall", "security", 32, 32, 0.9) | {"flagged": flagged, "flagged_right": right}
        return verdicts(value_accuracy=0.7, promises=[told("precision", None, 500, 485), recall])[2:4]

    dear, answered = catching(286, 8)
    assert (
        not dear.good and "Flagged with security: 286 of 1,000 tickets, 8 of them rightly (2.8%)" in dear.text
    )
    assert "278 of other labels would be suggested as security: the price of catching 90 %" in dear.text
    assert not answered.good and "70.0% of values are right; the likeliest label is in 80.0%" in answered.text
    assert all(one.good for one in catching(60, 32))
    assert not catching(60, 5)[0].good


def test_a_promise_that_nothing_stands_for_is_told_by_itself_unless_the_field_abstains():
    nothing = {"labels_applied": 0, "coverage": 0.0, "precision": None, "labels": []}
    recall = {"kind": "recall", "target": 0.9, "threshold": None}
    facts = {"metrics": metrics(**nothing), "target_precision": 0.95, "labels": 0}
    facts |= {"promise": {"labels": {"security": recall}}}
    field, label = unkept_promises(facts)
    assert field.startswith("Nothing is applied: no threshold keeps the promise that 95%")
    assert label.startswith("The promise that 90 % of security is caught is not proved")
    assert unkept_promises(facts | {"learnable": False}) == [label]
    assert unkept_promises({"metrics": metrics(), "target_precision": 0.95, "labels": 5}) == []
