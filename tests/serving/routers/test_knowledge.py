from urllib.parse import quote

import pytest

from tests.serving.fakes import promote_fake
from tests.serving.house import House

VPN = {"article_id": "KB-1", "title": "When the VPN drops", "body": "Update the vpn client."}
PRINTER = {"article_id": "KB-2", "title": "Paper jam", "body": "Open the printer and pull the paper."}


def add(house: House, article: dict, **headers: str):
    return house.client.post("/v1/knowledge", json=article, headers=house.key("admin") | headers)


def search(house: House, question: str, workspace: str = "acme") -> list[str]:
    answer = house.client.get(
        "/v1/knowledge/search", params={"q": question}, headers=house.key("agent", workspace)
    )
    assert answer.status_code == 200
    return [one["article_id"] for one in answer.json()["articles"]]


def suggested(house: House, subject: str) -> list[dict]:
    answer = house.client.post("/v1/triage", json={"subject": subject}, headers=house.key("service"))
    return answer.json()["articles"]


def test_a_new_article_is_suggested_in_the_next_request(house: House):
    assert suggested(house, "vpn drops") == []
    created = add(house, VPN)
    assert created.status_code == 201
    assert created.json()["article_id"] == "KB-1"
    (first,) = suggested(house, "vpn drops")
    assert (first["article_id"], first["title"]) == ("KB-1", "When the VPN drops")


def test_a_suggestion_says_what_speaks_for_it(house: House):
    add(house, VPN)
    add(house, PRINTER)
    grounds = {one["kind"]: one["examples"] for one in suggested(house, "my vpn drops")[0]["because"]}
    assert set(grounds["words"]) == {"vpn", "drop"}


def test_the_best_article_comes_first(house: House):
    add(house, VPN)
    add(house, PRINTER)
    assert search(house, "paper in the printer")[0] == "KB-2"
    assert search(house, "the vpn client")[0] == "KB-1"


def test_a_replaced_article_is_found_by_its_new_words(house: House):
    add(house, VPN)
    add(house, PRINTER)
    answer = house.client.put(
        "/v1/knowledge/KB-2", json={"title": "Coffee", "body": "Descale it."}, headers=house.key("admin")
    )
    assert answer.status_code == 200
    assert search(house, "descale the coffee")[0] == "KB-2"
    read = house.client.get("/v1/knowledge/KB-2", headers=house.key("agent"))
    assert read.json()["title"] == "Coffee"


def test_a_withdrawn_article_is_neither_read_nor_suggested_and_can_come_back(house: House):
    add(house, VPN)
    headers = house.key("admin")
    assert house.client.delete("/v1/knowledge/KB-1", headers=headers).json()["article_id"] == "KB-1"
    assert house.client.get("/v1/knowledge/KB-1", headers=headers).status_code == 404
    assert house.client.delete("/v1/knowledge/KB-1", headers=headers).status_code == 404
    assert suggested(house, "vpn drops") == []
    assert add(house, VPN).status_code == 201
    assert [one["article_id"] for one in suggested(house, "vpn drops")] == ["KB-1"]


def test_an_id_that_is_taken_is_refused_and_one_is_made_when_none_is_given(house: House):
    add(house, VPN)
    assert add(house, VPN).status_code == 409
    assert add(house, VPN | {"article_id": "search"}).status_code == 409
    assert len(add(house, {"title": "Other", "body": ""}).json()["article_id"]) == 32


def test_an_article_sent_twice_with_its_key_is_stored_once(house: House):
    first = add(house, {"title": "Other", "body": ""}, **{"Idempotency-Key": "a"})
    again = add(house, {"title": "Other", "body": ""}, **{"Idempotency-Key": "a"})
    assert again.json() == first.json()


def test_articles_are_listed_page_by_page(house: House):
    for number in range(5):
        add(house, {"article_id": f"KB-{number}", "title": f"Number {number}", "body": ""})
    house.client.delete("/v1/knowledge/KB-1", headers=house.key("admin"))
    seen, after = [], 0
    while after is not None:
        page = house.client.get(
            "/v1/knowledge", params={"after": after, "limit": 2}, headers=house.key("agent")
        ).json()
        seen += [one["article_id"] for one in page["articles"]]
        after = page["next_after"]
    assert seen == ["KB-0", "KB-2", "KB-3", "KB-4"]


def test_a_workspace_sees_its_own_articles_only(house: House):
    add(house, VPN)
    assert search(house, "vpn", "other") == []
    assert house.client.get("/v1/knowledge/KB-1", headers=house.key("agent", "other")).status_code == 404


@pytest.mark.parametrize("title", ["!!!", "  ", "日本語", "a" * 1_000])
def test_any_title_can_be_stored_and_searched_beside(house: House, title: str):
    assert add(house, {"title": title, "body": ""}).status_code == 201
    add(house, VPN)
    assert search(house, "vpn")[0] == "KB-1"
    assert search(house, title)


def test_a_new_champion_knows_the_articles_too(house: House):
    add(house, VPN)
    assert suggested(house, "vpn drops")
    promote_fake(house.home, "v2")
    house.wait_for_model("v2")
    assert [one["article_id"] for one in suggested(house, "vpn drops")] == ["KB-1"]


@pytest.mark.parametrize("article_id", ["IT/KB 12", "search/3", "A#7?x", "100%"])
@pytest.mark.parametrize("safe", ["", "/"])
def test_an_id_with_signs_that_mean_something_in_addresses_is_reached(
    house: House, article_id: str, safe: str
):
    assert add(house, VPN | {"article_id": article_id}).json()["article_id"] == article_id
    address, headers = f"/v1/knowledge/{quote(article_id, safe=safe)}", house.key("admin")
    assert house.client.get(address, headers=headers).json()["title"] == VPN["title"]
    answer = house.client.put(address, json={"title": "Coffee", "body": "Descale it."}, headers=headers)
    assert (answer.json()["article_id"], answer.json()["title"]) == (article_id, "Coffee")
    assert house.client.delete(address, headers=headers).status_code == 200
    assert house.client.get(address, headers=headers).status_code == 404


@pytest.mark.parametrize("article_id", ["search", "KB\n1"])
def test_an_id_that_is_no_address_is_refused(house: House, article_id: str):
    assert add(house, VPN | {"article_id": article_id}).status_code in (409, 422)
    answer = house.client.put(
        f"/v1/knowledge/{quote(article_id, safe='')}",
        json={"title": "A", "body": ""},
        headers=house.key("admin"),
    )
    assert answer.status_code in (404, 409)
    listed = house.client.get("/v1/knowledge", headers=house.key("admin"))
    assert listed.json()["articles"] == []
