import numpy as np
import pytest

from tests.trained import KEY, Trained
from training.config import TrainingConfig
from training.train import train_bundle
from triage.bundle import Bundle
from triage.ticket import Ticket


@pytest.fixture(scope="module")
def bundle(trained: Trained, tmp_path_factory) -> Bundle:
    folder = tmp_path_factory.mktemp("joined") / "bundle"
    config = TrainingConfig(targets=("category", "subcategory"))
    train_bundle(trained.history, config=config, out=folder, key=KEY, cache=trained.cache)
    return Bundle.load(folder, KEY)


@pytest.mark.proof
def test_a_trained_model_names_subcategories_of_the_category_that_it_names(trained: Trained, bundle: Bundle):
    model = bundle.model
    (facts,) = bundle.manifest.training["hierarchies"]
    assert (facts["parent"], facts["child"]) == ("category", "subcategory")
    (hierarchy,) = model.hierarchies
    tickets = [past.ticket for past in trained.later]
    for one in model.assess(tickets):
        upper, lower = (one.predictions[name] for name in ("category", "subcategory"))
        np.testing.assert_allclose([upper.probabilities.sum(), lower.probabilities.sum()], 1.0)
        assert "subcategory" in one.withheld or hierarchy.lies_under(
            lower.probabilities.argmax(), upper.probabilities.argmax()
        )
    for category in {hierarchy.parents[place] for place in hierarchy.above}:
        (one,) = model.assess([Ticket("T", "cannot print", values={"category": category})])
        place = one.predictions["subcategory"].probabilities.argmax()
        assert hierarchy.lies_under(place, hierarchy.parents.index(category))
    (one,) = model.assess([Ticket("T", "cannot print", values={"category": "none of ours"})])
    assert one.withheld == {"subcategory"}


@pytest.mark.proof
def test_a_value_of_a_person_makes_no_ticket_more_familiar(bundle: Bundle):
    text = "Wo ist der Bahnhof? cheese opera violin harvest " * 3
    plain, *given = bundle.model.assess(
        [
            Ticket("T", text),
            *(Ticket("T", text, values={"category": one}) for one in bundle.model.fields["category"].labels),
        ]
    )
    assert set(plain.familiar_to) == {"category", "subcategory"}
    assert all(one.familiar_to == plain.familiar_to for one in given)


@pytest.mark.proof
def test_one_of_the_two_fields_alone_is_no_hierarchy(trained: Trained):
    assert trained.manifest.training["hierarchies"] == []


@pytest.mark.proof
def test_the_card_shows_beside_the_ladder_what_both_fields_reach_together(bundle: Bundle):
    card = (bundle.folder / "card.html").read_text(encoding="utf-8")
    ladders = [line for line in card.splitlines() if "<dt>Ladder</dt>" in line]
    (told,) = bundle.manifest.training["hierarchies"]
    for line, name in zip(ladders, ("category", "subcategory"), strict=True):
        metrics = bundle.manifest.fields[name]["metrics"]
        assert f"{metrics['accuracy']:.1%} (log loss {metrics['log_loss']:.3f})" in line
        assert told[name]["alone"]["log_loss"] != pytest.approx(metrics["log_loss"], abs=1e-6)
