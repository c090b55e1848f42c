from dataclasses import replace

import pytest

from tests.serving.fakes import FakeModel, promote_fake
from tests.serving.house import open_house


class Slow(FakeModel):
    """Answers as always; its fast tier names another label."""

    @property
    def fast(self) -> FakeModel:
        return Fast()


class Fast(FakeModel):
    """Takes every ticket for one about a laptop."""

    def _assess(self, ticket, explain, similar, detail):
        return super()._assess(replace(ticket, subject="laptop", body=""), explain, similar, detail)


@pytest.mark.parametrize(("tier", "said"), [("full", "network"), ("fast", "hardware")])
def test_a_server_decides_by_the_tier_that_it_was_told(tmp_path, empty_sqlite, tier, said):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    promote_fake(tmp_path, "v1", model=Slow())
    url = f"sqlite:///{tmp_path / 'house.db'}"
    with open_house(tmp_path, url, champion=None, tier=tier) as house:
        answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    assert answer.json()["fields"]["category"]["value"] == said


def test_a_champion_without_a_fast_tier_decides_with_all_it_has(tmp_path, empty_sqlite):
    (tmp_path / "house.db").write_bytes(empty_sqlite)
    with open_house(tmp_path, f"sqlite:///{tmp_path / 'house.db'}", tier="fast") as house:
        answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    assert answer.json()["fields"]["category"]["value"] == "network"
