import numpy as np

from tests.trained import KEY, Trained
from training.config import TrainingConfig
from training.train import train_bundle
from triage.bundle import Bundle
from triage.ticket import Ticket


def test_a_trained_model_names_subcategories_of_the_category_that_it_names(trained: Trained, tmp_path):
    config = TrainingConfig(targets=("category", "subcategory"))
    manifest = train_bundle(
        trained.history, config=config, out=tmp_path / "bundle", key=KEY, cache=trained.cache
    )
    model = Bundle.load(tmp_path / "bundle", KEY).model
    (facts,) = manifest.training["hierarchies"]
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


def test_one_of_the_two_fields_alone_is_no_hierarchy(trained: Trained):
    assert trained.manifest.training["hierarchies"] == []
