from datetime import date

import numpy as np
import pytest
from tokenizers import Tokenizer

from features.cleaning import clean_text
from features.encoder_folder import find_encoder, read_encoder
from tests.training.check.made import history, tokenizer
from training.check.estimate import quick_rows
from training.check.label_audit import doubtful_labels, find_label_errors
from training.check.sample import Sample
from training.history import read_history
from training.sample import load_preset, write_sample
from triage.ticket import PastTicket


def audit(tickets, pieces=None):
    texts = [clean_text(one.ticket) for one in tickets]
    sample = Sample.of(tickets, texts, {}, pieces or tokenizer(), range(len(tickets)))
    return quick_rows([one.labels["category"] for one in tickets], sample), sample


def planted(tickets, share=0.05):
    """Give a share of the tickets another label; return the tickets and the ids."""
    names = sorted({one.labels["category"] for one in tickets})
    random = np.random.default_rng(1)
    rows = set(random.choice(len(tickets), int(share * len(tickets)), replace=False).tolist())
    wrong = [
        PastTicket(one.ticket, {"category": random.choice([n for n in names if n != one.labels["category"]])})
        if row in rows
        else one
        for row, one in enumerate(tickets)
    ]
    return wrong, {tickets[row].ticket.ticket_id for row in rows}


def test_planted_labels_are_found_and_the_right_ones_are_named():
    tickets = history(600, sure=1.0)
    truth = {one.ticket.ticket_id: one.labels["category"] for one in tickets}
    wrong, ids = planted(tickets)
    doubts = doubtful_labels(*audit(wrong))
    found = {one.ticket_id for one in doubts}
    assert len(found & ids) >= 0.9 * len(ids)
    assert len(found - ids) <= 0.2 * len(ids)
    assert all(one.likely == truth[one.ticket_id] for one in doubts if one.ticket_id in ids)
    assert [one.quality for one in doubts] == sorted(one.quality for one in doubts)


def test_labels_planted_in_the_made_up_helpdesk_are_ranked_far_above_chance(tmp_path):
    write_sample(load_preset("it"), tmp_path, tickets=1_200, seed=3, until=date(2026, 11, 1))
    tickets = [one for one in read_history(tmp_path / "tickets.csv").tickets if one.labels.get("category")]
    wrong, ids = planted(tickets)
    doubts = doubtful_labels(*audit(wrong, Tokenizer.from_str(read_encoder(find_encoder()).tokenizer)))
    first = {one.ticket_id for one in doubts[: len(ids)]}
    # By chance one in twenty of the first would be planted. The helpdesk's own slips are among the others.
    assert len(first & ids) > 5 * 0.05 * len(first)


def test_clean_labels_are_left_alone():
    assert len(doubtful_labels(*audit(history(600, sure=1.0)))) <= 6


def test_the_finding_has_all_ids_and_what_each_should_be():
    wrong, _ = planted(history(600, sure=1.0))
    (found,) = find_label_errors("category", *audit(wrong), total=600)
    assert found.tickets == len(found.rows) == len(found.likely) > 20
    assert "of all" in found.text
    (part,) = find_label_errors("category", *audit(wrong), total=9_999)
    assert "a sample of 600 of 9,999" in part.text


def test_a_model_that_is_often_wrong_calls_no_label_wrong_where_it_doubts_most_of_what_it_gets_wrong():
    wrong, _ = planted(history(600, sure=1.0), share=0.3)
    (found,) = find_label_errors("category", *audit(wrong), total=600, accuracy=0.7)
    assert (found.code, found.weight, found.rows) == ("audit_cannot_tell", "note", ())
    assert "right in about 70.0% of tickets only" in found.text
    (sure,) = find_label_errors("category", *audit(wrong), total=600, accuracy=0.85)
    assert sure.code == "likely_label_error"


def test_a_label_that_is_right_for_another_reason_is_not_doubted():
    wrong, _ = planted(history(600, sure=1.0))
    (found,) = find_label_errors("category", *audit(wrong), total=600)
    explained = set(found.rows[:10])
    (rest,) = find_label_errors("category", *audit(wrong), total=600, explained=explained)
    assert rest.rows == found.rows[10:]
    assert find_label_errors("category", *audit(wrong), total=600, explained=set(found.rows)) == []


@pytest.mark.parametrize("count", [10, 3])
def test_labels_of_a_handful_are_neither_doubted_nor_expected(count):
    tickets = history(count)
    assert all(one.given != one.likely for one in doubtful_labels(*audit(tickets)))
