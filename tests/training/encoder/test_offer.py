import json
from dataclasses import replace

import numpy as np
import pytest

from tests.trained import KEY
from tests.training.test_train import history
from training.config import TrainingConfig
from training.encoder.tuned_folder import TUNING
from training.train import train_bundle
from triage.bundle import Bundle, read_manifest
from triage.errors import ConfigurationError, ConflictError, TrainingError

pytestmark = pytest.mark.encoder

CONFIG = TrainingConfig(targets=("category",))


@pytest.fixture
def offer(tiny_model, trained, tmp_path):
    from training.encoder.offer import offer_encoder

    def run(tickets=None, **settings):
        given = {"config": CONFIG, "out": tmp_path / "made" / "ours", "epochs": 1.0, "cache": trained.cache}
        return offer_encoder(tickets or history(60), model=str(tiny_model), **(given | settings))

    return run


@pytest.fixture(scope="module")
def kept(tiny_model, trained, tmp_path_factory):
    """Offers that are kept, by whether the history has moments; each is made once."""
    from training.encoder.offer import offer_encoder

    return {
        timed: offer_encoder(
            history(60, timed=timed),
            model=str(tiny_model),
            config=CONFIG,
            out=tmp_path_factory.mktemp("kept") / "ours",
            epochs=1.0,
            cache=trained.cache,
            keep=True,
        )
        for timed in (True, False)
    }


@pytest.mark.proof
def test_what_does_not_pay_is_not_kept_and_leaves_nothing_behind(offer, trained, tmp_path):
    before = {path.name for path in trained.cache.iterdir()}
    found = offer()  # a random model against the stock encoder, which is right about every ticket
    assert not found.pays and found.folder is None and found.gains[0].stock == 1.0
    assert list((tmp_path / "made").iterdir()) == []
    assert {path.name for path in trained.cache.iterdir()} == before


@pytest.mark.proof
def test_an_encoder_is_tuned_on_what_labels_are_described_as_like_the_stock_one_is_judged(offer, monkeypatch):
    class Seen(Exception):
        pass

    def look(model, texts, *rest, **settings):
        raise Seen(texts)

    monkeypatch.setattr("training.encoder.tuning_work.tune_model", look)
    described = {"category": {"vpn": "Remote access from home"}}
    with pytest.raises(Seen) as seen:
        offer(config=replace(CONFIG, descriptions=described))
    assert "vpn: Remote access from home" in seen.value.args[0]


@pytest.mark.proof
def test_a_crash_leaves_nothing_that_could_be_taken_for_an_encoder(offer, tmp_path):
    class Full(Exception):
        pass

    def stop(stage, share):
        if stage == "tuning the encoder":
            raise Full

    with pytest.raises(Full):
        offer(keep=True, progress=stop)
    assert list((tmp_path / "made").iterdir()) == []


@pytest.mark.proof
@pytest.mark.parametrize("timed", [True, False])
def test_a_kept_encoder_trains_a_model_that_names_it_and_decides_with_it(kept, trained, tmp_path, timed):
    tickets, found = history(60, timed=timed), kept[timed]
    facts = json.loads((found.folder / TUNING).read_text())
    assert len(facts["judges"]) == (2 if timed else 3) and facts["pays"] is False
    bundle = tmp_path / "bundle"
    config = replace(CONFIG, encoder=str(found.folder))
    train_bundle(tickets, config=config, out=bundle, key=KEY, cache=trained.cache)
    manifest = read_manifest(bundle, KEY)
    assert manifest.training["encoder"] == facts["encoder"]
    assert manifest.training["encoder_tuned"] == facts["tuned"]
    assert manifest.training["encoder_tuned"]["data_hash"] == manifest.data_hash
    assert manifest.training["config"]["encoder"] == "ours"  # and no path of this machine
    judged = manifest.fields["category"]["metrics"]["tickets"]
    assert judged == sum(one["tickets"] for one in facts["gains"])
    card = (bundle / "card.html").read_text()
    assert "tuned on 60 tickets" in card
    model = Bundle.load(bundle, KEY).model
    assert model.encoder.dimension == 32  # the tiny one's
    assert len(model.assess([tickets[0].ticket])) == 1


@pytest.mark.proof
def test_a_tuned_encoder_is_refused_for_another_history(kept, trained, tmp_path):
    config = replace(CONFIG, encoder=str(kept[True].folder))
    with pytest.raises(TrainingError, match="not in this history"):
        train_bundle(history(60)[:30], config=config, out=tmp_path / "b", key=KEY, cache=trained.cache)


@pytest.mark.proof
def test_judging_encoders_stop_when_their_time_has_passed_and_speak_for_the_encoder(offer):
    found = offer(keep=True, minutes=1e-6, epochs=50.0)
    assert found.ran_out and 0 < found.epochs < 50
    facts = json.loads((found.folder / TUNING).read_text())
    assert facts["tuned"]["epochs"] == found.epochs


@pytest.mark.proof
def test_wrong_settings_are_refused_before_any_work(offer, tmp_path):
    with pytest.raises(ConfigurationError, match="minutes"):
        offer(minutes=0)
    with pytest.raises(TrainingError, match="without labelled text"):
        offer([replace(one, labels={}) for one in history(20)])
    (tmp_path / "made" / "ours").mkdir(parents=True)
    with pytest.raises(ConflictError, match="another --out"):
        offer()


def test_labels_are_numbered_without_gaps():
    from training.encoder.tuning_work import _dense

    assert _dense(np.array([5, -1, 2, 5])).tolist() == [1, -1, 0, 1]
