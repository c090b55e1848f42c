import numpy as np
import pytest

from training.config import TrainingConfig
from training.label_names import NAMES, NamedLabels
from training.learn_fields import learn_fields
from triage.decision import Action
from triage.engine import decide
from triage.errors import TrainingError
from triage.policy import Policy
from triage.prediction import Assessment, Prediction
from triage.ticket import Ticket

RANDOM = np.random.default_rng(0)
CENTRES = 2 * np.eye(4, 8, dtype=np.float32)
COUNT = 120
TOPIC = RANDOM.integers(0, 2, COUNT)
VIEWS = {"meaning": (CENTRES[TOPIC] + RANDOM.normal(0, 0.4, (COUNT, 8))).astype(np.float32)}
CATEGORIES = [("network", "printing")[one] for one in TOPIC]
NEW_TEAMS = ["desk" if row % 2 else "web" for row in range(COUNT // 2)]
NEW_TEAMS += [f"squad {row // 2}" for row in range(COUNT // 2)]
"""In the second half every label is new, and is gone again before the next part is judged."""


def learn(labels, named=None):
    config = TrainingConfig(descriptions={})
    return learn_fields(labels, VIEWS, True, config, lambda stage, share: None, None, named or {})


def test_a_field_whose_later_labels_were_never_seen_before_stops_only_itself():
    found = learn({"category": CATEGORIES, "team": NEW_TEAMS})
    assert found["category"].learnable and found["category"].reason is None
    team = found["team"]
    assert not team.learnable and "no label of the end was seen before" in team.reason
    chances = team.model.probabilities({"meaning": VIEWS["meaning"][:1]})[0]
    assert chances.sum() == pytest.approx(1.0)
    assert chances[team.model.labels.index("web")] == pytest.approx(31 / (COUNT + len(team.model.labels)))
    seen = Assessment({"team": Prediction("team", team.model.labels, chances)}, familiarity=1.0)
    decided = decide(Ticket("new", "cannot print"), seen, {"team": team.promise}, Policy())["team"]
    assert (decided.action, decided.reason) == (Action.ABSTAIN, "low_confidence")


def test_where_no_field_can_be_learnt_training_says_why():
    with pytest.raises(TrainingError, match="'team' in which no label of the end was seen before"):
        learn({"team": NEW_TEAMS})


def test_tickets_of_one_label_hold_the_others_to_what_descriptions_are_worth():
    described = ("access", "network", "parking")
    # What "access" is described as reads somewhat like the tickets of "network".
    meaning = np.stack([0.8 * CENTRES[0] + 0.2 * CENTRES[2], 0.5 * CENTRES[0], CENTRES[3]])
    named = NamedLabels(np.arange(3), {"meaning": meaning.astype(np.float32)})
    config = TrainingConfig(descriptions={"category": dict.fromkeys(described, "told")})
    network = np.where(TOPIC == 0, "network", None).tolist()

    def learnt(values):
        return learn_fields(
            {"category": values}, VIEWS, True, config, lambda stage, share: None, None, {"category": named}
        )["category"].model

    without, beside = learnt([None] * COUNT), learnt(network)
    assert set(beside.weights) == {NAMES} and not without.bias.any()
    tickets = {"meaning": VIEWS["meaning"][TOPIC == 0]}
    assert without.probabilities(tickets)[:, 1].mean() < 0.5
    shares = beside.probabilities(tickets).mean(axis=0)
    assert shares[1] > 0.95 and (shares[[0, 2]] < 1.1 / (len(tickets["meaning"]) + 1)).all()
    assert beside.probabilities({"meaning": 20 * CENTRES[3:4]}).argmax() == 2
