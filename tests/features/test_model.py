from dataclasses import replace

import numpy as np
import pytest

from features.model import FEATURE_VERSION, TicketModel
from features.occlusion import WORD
from tests.features.fake_encoder import WordEncoder
from tests.trained import Trained
from triage.errors import IncompatibleBundleError
from triage.ticket import Ticket

ODD = [
    Ticket("no-text"),
    Ticket("form-only", channel="email", product="nothing known"),
    Ticket("long", "VPN", "drops " * 5_000),
    Ticket("script", "网络断了", "Привет \U0001f600"),
    Ticket("space", " \n", "\t"),
]


@pytest.fixture(scope="module")
def tickets(trained: Trained) -> list[Ticket]:
    return [past.ticket for past in trained.later[:20]] + ODD


def test_probabilities_sum_to_one_for_every_field_and_ticket(trained, tickets):
    for assessment in trained.bundle.model.assess(tickets):
        assert set(assessment.predictions) == {"category", "priority", "team"}
        for name, prediction in assessment.predictions.items():
            assert prediction.probabilities.sum() == pytest.approx(1, abs=1e-9)
            assert set(prediction.labels) == set(trained.bundle.model.promises[name].thresholds)
        assert 0 <= assessment.familiarity <= 1


def test_a_batch_is_its_tickets_one_by_one_bit_for_bit(trained, tickets):
    model = trained.bundle.model
    together = model.assess(tickets, explain=True, similar=3)
    backwards = model.assess(tickets[::-1], explain=True, similar=3)[::-1]
    for ticket, one, other in zip(tickets, together, backwards, strict=True):
        (alone,) = model.assess([ticket], explain=True, similar=3)
        for found in (alone, other):
            assert found.familiarity == one.familiarity
            assert found.similar == one.similar
            assert found.explanations == one.explanations
            for name, prediction in one.predictions.items():
                assert (found.predictions[name].probabilities == prediction.probabilities).all()


def test_the_reasons_speak_for_the_likeliest_label_strongest_first(trained, tickets):
    for ticket, assessment in zip(tickets, trained.bundle.model.assess(tickets, explain=True), strict=True):
        for name, explanation in assessment.explanations.items():
            assert explanation.label == assessment.predictions[name].top(1)[0][0]
            exact = [abs(one.weight) for one in explanation.contributions if one.kind != "meaning"]
            assert exact == sorted(exact, reverse=True) and len(exact) <= 8
            spoken = {one.name for one in explanation.contributions if one.kind == "word"}
            assert all(word in ticket.text.lower() for word in spoken)


def test_the_parts_of_every_reason_add_up_to_the_odds_against_the_runner_up(trained, tickets):
    for assessment in trained.bundle.model.assess(tickets, explain=True):
        for name, told in assessment.explanations.items():
            (label, sure), (against, less) = assessment.predictions[name].top(2)
            assert (told.label, told.against) == (label, against)
            assert told.log_odds == pytest.approx(np.log(sure / less), abs=1e-9)
            assert sum(one.weight for one in told.parts) == pytest.approx(told.log_odds, abs=1e-9)
            assert "rest" not in {one.kind for one in told.parts}


def test_deleting_the_named_words_costs_more_confidence_than_deleting_others(trained):
    """The deletion test of ERASER (DeYoung et al. 2020); on real tickets: benchmarks/explanations.py."""
    model, random = trained.bundle.model, np.random.default_rng(0)
    drops: dict[str, list[float]] = {"named": [], "random": []}
    for past in trained.later[:15]:
        ticket = replace(past.ticket, subject=past.ticket.subject, body=past.ticket.body[:400])
        (assessment,) = model.assess([ticket], explain=True)
        told = assessment.explanations["category"]
        words = sorted(set(WORD.findall(ticket.text.lower())))
        named = [
            one.name for one in told.parts if one.kind == "word" and one.weight > 0 and one.name in words
        ]
        others = [list(random.permutation(words)[: len(named[:3])]) for _ in range(3)]
        label, sure = assessment.predictions["category"].top(1)[0]
        for kind, gone in [("named", named[:3]), *(("random", one) for one in others)]:
            shorter = replace(
                ticket,
                subject=WORD.sub(
                    lambda it, gone=gone: "" if it[0].lower() in gone else it[0], ticket.subject
                ),
                body=WORD.sub(lambda it, gone=gone: "" if it[0].lower() in gone else it[0], ticket.body),
            )
            after = model.assess([shorter])[0].predictions["category"]
            drops[kind].append(sure - after.probabilities[after.labels.index(label)])
    assert np.mean(drops["named"]) > 2 * max(0.0, float(np.mean(drops["random"])))
    assert np.mean(drops["named"]) > 0.01


def test_with_detail_each_word_or_sentence_is_deleted_in_turn(trained):
    model = trained.bundle.model
    short = Ticket("short", "VPN drops", "The vpn drops every hour")
    long, empty = trained.later[0].ticket, Ticket("none", channel="web")
    plain = model.assess([short, long, empty], explain=True)
    detailed = model.assess([short, long, empty], explain=True, detail=True)
    for one, other in zip(plain, detailed, strict=True):
        assert {name: replace(told, deletions=()) for name, told in other.explanations.items()} == (
            one.explanations
        )
    told = [one.explanations["category"].deletions for one in detailed]
    assert {one.text for one in told[0]} == {"vpn", "drops", "the", "every", "hour"}
    changes = [abs(one.change) for one in told[0]]
    assert changes == sorted(changes, reverse=True) and changes[0] > 0
    (without,) = model.assess([replace(short, subject="drops", body="The drops every hour")])
    (vpn,) = [one for one in told[0] if one.text == "vpn"]
    label = detailed[0].explanations["category"].label
    prediction = without.predictions["category"]
    assert vpn.confidence == pytest.approx(prediction.probabilities[prediction.labels.index(label)], abs=1e-3)
    assert told[1] and told[2] == ()


def test_neither_an_id_nor_a_persons_value_nor_the_time_changes_what_is_said(trained, tickets):
    model = trained.bundle.model
    changed = [
        replace(one, ticket_id="other", created_at=None, tags=("vip",), values={"category": "network"})
        for one in tickets
    ]
    for one, other in zip(model.assess(tickets), model.assess(changed), strict=True):
        for name, prediction in one.predictions.items():
            assert (prediction.probabilities == other.predictions[name].probabilities).all()


def test_a_ticket_that_was_learnt_from_finds_itself(trained):
    past = trained.history[-1]
    (assessment,) = trained.bundle.model.assess([past.ticket], similar=1)
    assert assessment.similar[0].similarity == pytest.approx(1, abs=1e-5)
    assert assessment.similar[0].labels == dict(past.labels)


def test_a_ticket_of_which_nothing_is_known_is_unfamiliar(trained):
    known = trained.history[0].ticket
    form = Ticket("form", channel=known.channel, product=known.product, organization=known.organization)
    nothing, strange, familiar = trained.bundle.model.assess(
        [Ticket("none"), Ticket("new", product="never seen"), form], similar=2
    )
    assert (nothing.familiarity, strange.familiarity, familiar.familiarity) == (0, 0, 1)
    assert nothing.similar == strange.similar == familiar.similar == ()


def test_what_cleaning_leaves_nothing_of_is_no_text(trained):
    quoted = "Wm9lIHNheXMgaGVsbG8g" * 40
    (blob,) = trained.bundle.model.assess([Ticket("blob", "", quoted)], similar=2)
    assert (blob.familiarity, blob.similar, blob.language) == (0, (), None)


def test_a_ticket_in_a_language_of_which_the_history_had_none_is_not_supported(trained):
    german = Ticket("T-1", "Drucker", "Der Drucker im dritten Stock druckt seit heute Morgen nichts mehr.")
    english = Ticket("T-2", "Printer", "The printer on the third floor has not printed anything since today.")
    first, second = trained.bundle.model.assess([german, english])
    assert (first.language, first.unsupported) == ("de", {"category", "priority", "team"})
    assert (second.language, second.unsupported) == ("en", frozenset())


def test_what_was_not_asked_for_is_not_made(trained):
    (assessment,) = trained.bundle.model.assess([Ticket("T-1", "VPN")])
    assert (assessment.explanations, assessment.similar) == ({}, ())
    assert trained.bundle.model.assess([]) == []


def test_a_model_that_was_not_opened_says_so(trained):
    model = trained.bundle.model
    closed = TicketModel(model.words, model.structured, model.fields, model.promises, model.neighbours)
    with pytest.raises(RuntimeError, match="open"):
        closed.assess([Ticket("T-1", "VPN")])


def test_the_encoder_is_not_pickled_with_the_model(trained):
    assert trained.bundle.model.encoder is not None
    assert trained.bundle.model.__getstate__()["encoder"] is None


def test_no_text_of_a_past_ticket_is_kept_in_the_bundle(trained):
    content = (trained.folder / "model.joblib").read_bytes()
    bodies = [past.ticket.body for past in trained.history if len(past.ticket.body) > 60]
    assert bodies
    assert not [body for body in bodies if body[:60].encode() in content]


def test_a_remembered_text_is_encoded_once():
    from features.model import RecentEncoder

    inner = WordEncoder()
    recent = RecentEncoder(inner, size=3)
    first = recent.encode(["a", "b", "a"])
    assert inner.encoded == ["a", "b"]
    assert (recent.encode(["b", "c"]) == inner.encode(["b", "c"])).all()
    assert (first == recent.encode(["a", "b", "a"])).all()
    many = recent.encode(list("vwxyz"))
    assert many.shape == (5, inner.dimension) and recent.encode([]).shape == (0, inner.dimension)
    inner.encoded.clear()
    recent.encode(["a", "z"])
    assert inner.encoded == ["a"]
    assert (recent.dimension, recent.fingerprint) == (inner.dimension, inner.fingerprint)
    assert np.isfinite(many).all()


def test_a_form_without_any_value_that_was_learnt_from_is_strange(trained):
    model = trained.bundle.model
    (_, value), *_ = [term for term in model.structured.terms_ if term[1] and term[0] == "channel"]
    strange, usual = model.assess([Ticket("new", product="nothing known"), Ticket("old", channel=value)])
    assert set(strange.familiar_to.values()) == {0.0} and set(usual.familiar_to.values()) == {1.0}


def test_a_model_of_other_features_is_refused(trained):
    state = trained.bundle.model.__getstate__()
    for old in (state | {"feature_version": FEATURE_VERSION - 1}, {"words": state["words"]}):
        with pytest.raises(IncompatibleBundleError, match="Train it again"):
            TicketModel.__new__(TicketModel).__setstate__(old)
