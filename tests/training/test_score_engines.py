import io

import pyarrow.parquet as pq
import pytest

from tests.serving.fakes import seal_fake
from tests.trained import KEY
from training.score import ScoreJob
from training.score_engines import score_numbered
from triage.policy import Policy
from triage.ticket import Ticket


@pytest.fixture
def job(tmp_path) -> ScoreJob:
    return ScoreJob(seal_fake(tmp_path, "v1", key=KEY), KEY, Policy())


def ids(parts) -> list[tuple[int, list[str]]]:
    return [(number, pq.read_table(io.BytesIO(part))["ticket_id"].to_pylist()) for number, part in parts]


def numbered(count: int) -> list[tuple[int, list[Ticket]]]:
    return [(7 * number, [Ticket(f"T-{number}", "vpn down")]) for number in range(count)]


def test_several_processes_give_the_chunks_of_one_in_their_order(job):
    alone = ids(score_numbered(numbered(6), job, ["category"], workers=1))
    assert ids(score_numbered(numbered(6), job, ["category"], workers=2)) == alone
    assert alone == [(7 * number, [f"T-{number}"]) for number in range(6)]


def test_no_more_chunks_are_read_than_wait(job):
    read = []

    def chunks():
        for one in numbered(30):
            read.append(one[0])
            yield one

    decided = score_numbered(chunks(), job, ["category"], workers=2)
    next(decided)
    assert len(read) <= 5
    decided.close()
