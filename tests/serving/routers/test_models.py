import pytest

from tests.serving.fakes import promote_fake, seal_fake
from tests.serving.house import House
from triage.registry import Registry


def get(house: House, path: str, role: str = "admin", workspace: str = "acme"):
    return house.client.get(f"/v1/models{path}", headers=house.key(role, workspace))


def post(house: House, path: str, **headers: str):
    return house.client.post(f"/v1/models{path}", headers=house.key("admin") | headers)


def answering(house: House) -> str:
    answer = house.client.post("/v1/triage", json={"subject": "vpn"}, headers=house.key("service"))
    return answer.json()["model_version"]


def test_versions_are_listed_with_their_roles_and_figures(house: House):
    seal_fake(house.home, "v2")
    Registry(house.settings.models).register("acme", "v2")
    listed = get(house, "").json()
    assert (listed["champion"], listed["challenger"], listed["previous"]) == ("v1", "v2", [])
    assert [(one["version"], one["role"]) for one in listed["models"]] == [
        ("v1", "champion"),
        ("v2", "challenger"),
    ]
    facts = listed["models"][0]["fields"]["category"]
    (promise,) = facts["metrics"].pop("promises")
    assert (promise["kind"], promise["kept"], promise["flagged"]) == ("recall", 31, 45)
    assert facts == {
        "level": "linear",
        "labels": 3,
        "target_precision": 0.9,
        "metrics": {"accuracy": 0.8, "tickets": 100},
    }


def test_a_version_tells_what_it_learnt_from(house: House):
    facts = get(house, "/v1", role="auditor").json()
    assert (facts["data_hash"], facts["training"], facts["has_card"]) == ("0" * 64, {"rows": 100}, True)
    assert facts["bytes"] > 0


def test_the_card_is_the_page_that_was_signed_and_may_load_nothing(house: House):
    answer = get(house, "/v1/card")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "A fake model" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_card_that_was_changed_is_not_shown(house: House):
    (house.settings.models / "acme" / "v1" / "card.html").write_text("<script>alert(1)</script>")
    answer = get(house, "/v1/card")
    assert answer.status_code == 409
    assert "changed after signing" in answer.json()["detail"]


def test_a_version_whose_signature_does_not_hold_is_listed_as_such(house: House):
    folder = seal_fake(house.home, "v2")
    (folder / "manifest.sig").write_text("0" * 64)
    assert [one["is_trusted"] for one in get(house, "").json()["models"]] == [True, False]
    assert get(house, "/v2").json()["created_at"] is None
    assert post(house, "/v2/promote").status_code == 409


def test_a_promoted_version_answers_the_next_request_and_a_rollback_undoes_it(house: House):
    seal_fake(house.home, "v2")
    assert post(house, "/v2/promote").json() == {"champion": "v2", "challenger": None, "previous": ["v1"]}
    assert answering(house) == "v2"
    assert post(house, "/rollback").json() == {"champion": "v1", "challenger": "v2", "previous": []}
    assert answering(house) == "v1"
    assert post(house, "/rollback").status_code == 409


@pytest.mark.parametrize("total", [0.7, float("nan")])
def test_a_version_that_does_not_pass_its_self_test_is_not_promoted(house: House, total: float):
    seal_fake(house.home, "v2", total=total)
    answer = post(house, "/v2/promote")
    assert answer.status_code == 409
    assert "add up to" in answer.json()["detail"]
    assert get(house, "").json()["champion"] == "v1"
    assert answering(house) == "v1"


def test_a_version_with_a_changed_byte_is_not_promoted(house: House):
    folder = seal_fake(house.home, "v2")
    content = bytearray((folder / "model.joblib").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.joblib").write_bytes(content)
    refused = post(house, "/v2/promote").json()
    assert refused["type"] == "urn:triage:problem:bundle"
    assert "v2/model.joblib" in refused["detail"] and str(house.home) not in refused["detail"]
    assert answering(house) == "v1"


def test_a_rollback_sent_twice_with_its_key_goes_back_once(house: House):
    promote_fake(house.home, "v2")
    promote_fake(house.home, "v3")
    first = post(house, "/rollback", **{"Idempotency-Key": "back"})
    again = post(house, "/rollback", **{"Idempotency-Key": "back"})
    assert first.json() == again.json()
    assert get(house, "").json()["champion"] == "v2"


def test_another_workspaces_models_do_not_exist_here(house: House):
    assert get(house, "", workspace="other").json()["models"] == []
    assert get(house, "/v1", workspace="other").status_code == 404
    assert get(house, "/v1/card", workspace="other").status_code == 404


@pytest.mark.parametrize("version", ["..", ".v1.draft", "%2e%2e", "v1%2f..", "registry.json"])
def test_a_version_is_a_plain_name(house: House, version: str):
    assert get(house, f"/{version}").status_code in (404, 422)
