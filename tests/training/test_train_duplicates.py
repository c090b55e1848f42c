import pytest

from features.duplicates.model import DuplicateModel
from tests.trained import KEY, Trained
from tests.training.test_train import history
from training.config import TrainingConfig
from training.history import read_duplicates
from training.train import train_bundle
from triage.bundle import Bundle
from triage.duplicate import DuplicateLink
from triage.errors import HistoryError


def test_a_table_of_duplicates_is_read(tmp_path):
    table = tmp_path / "duplicates.csv"
    table.write_text("ticket_id,duplicate_of,created_at\nT-2,T-1,2026-01-05T09:00:00Z\nT-3,T-1,\n")
    found = read_duplicates(table)
    assert [(one.ticket_id, one.other) for one in found] == [("T-2", "T-1"), ("T-3", "T-1")]
    assert found[0].created_at is not None and found[1].created_at is None
    table.write_text("ticket_id,other\nT-2,T-1\n")
    with pytest.raises(HistoryError, match="duplicate_of"):
        read_duplicates(table)


@pytest.mark.encoder
def test_enough_links_go_into_the_bundle_as_weights(tmp_path, trained: Trained):
    tickets = history(120)
    links = [DuplicateLink(f"T-{number}", f"T-{number - 9}") for number in range(30, 110)]
    for name, some in (("many", links), ("few", links[:10])):
        train_bundle(
            tickets,
            config=TrainingConfig(targets=("category",)),
            out=tmp_path / name,
            key=KEY,
            cache=trained.cache,
            duplicates=some,
        )
    learnt = Bundle.load(tmp_path / "many", KEY).duplicates
    assert isinstance(learnt, DuplicateModel) and learnt.links == 80
    assert Bundle.load(tmp_path / "few", KEY).duplicates is None
