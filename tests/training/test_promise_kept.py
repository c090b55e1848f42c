import numpy as np

from training.promise_kept import promises_kept
from triage.policy import Promise, PromiseKind

LABELS = ("billing", "login", "vpn")
PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.8, 0.1, 0.1], [0.1, 0.9, 0.0], [0.2, 0.8, 0.0], [0.5, 0.1, 0.4], [0.6, 0.3, 0.1]]
)
CLASSES = np.array([0, 1, 1, -1, 2, 2])
APPLIED = np.array([True, True, True, True, False, False])


def kept(**promise):
    given = Promise(0.9, dict.fromkeys(LABELS, 0.7), 0.5, **promise)
    return promises_kept(PROBABILITIES, CLASSES, LABELS, given, APPLIED)


def test_of_a_precision_the_tickets_are_those_applied():
    assert kept() == [{"kind": "precision", "label": None, "target": 0.9, "tickets": 4, "kept": 2}]


def test_a_label_with_its_own_precision_counts_for_itself_only():
    field, own = kept(label_precisions={"login": 0.6})
    assert (field["tickets"], field["kept"]) == (2, 1)
    assert own == {"kind": "precision", "label": "login", "target": 0.6, "tickets": 2, "kept": 1}


def test_of_a_coverage_all_tickets_count_and_of_a_recall_those_of_the_label():
    found = kept(
        kind=PromiseKind.COVERAGE,
        target_coverage=0.6,
        flags={"vpn": 0.3, "login": None},
        label_recalls={"vpn": 0.8, "login": 0.8},
    )
    assert [(one["kind"], one["label"], one["tickets"], one["kept"]) for one in found] == [
        ("coverage", None, 6, 4),
        ("precision", None, 4, 2),
        ("recall", "vpn", 2, 1),
    ]


def test_a_recall_tells_how_many_tickets_were_flagged_and_how_many_of_these_rightly():
    (_, recall) = kept(flags={"vpn": 0.1}, label_recalls={"vpn": 0.8})
    assert (recall["flagged"], recall["flagged_right"]) == (3, 2)
