import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from serving.model_host import ModelHost, try_out
from tests.serving.fakes import promote_fake, seal_fake
from tests.trained import Trained
from triage.errors import BundleError
from triage.registry import Registry
from triage.signing import signing_key
from triage.ticket import Ticket


def eventually(is_so) -> bool:
    for _ in range(3_000):
        if is_so():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def host(tmp_path: Path) -> Iterator[ModelHost]:
    promote_fake(tmp_path, "v1")
    key = signing_key({"TRIAGE_HOME": str(tmp_path)})
    made = ModelHost(Registry(tmp_path / "models"), key, threads=1, poll_seconds=0.01)
    made.start()
    yield made
    made.stop()


def version(host: ModelHost, workspace: str = "acme") -> str | None:
    bundle = host.bundle(workspace)
    return None if bundle is None else bundle.version


def test_it_follows_the_registry_file(host: ModelHost, tmp_path: Path):
    assert version(host) == "v1"
    promote_fake(tmp_path, "v2")
    assert eventually(lambda: version(host) == "v2")
    host.registry.rollback("acme")
    assert eventually(lambda: version(host) == "v1")


def test_a_workspace_that_appears_gets_its_model(host: ModelHost, tmp_path: Path):
    assert version(host, "new") is None
    promote_fake(tmp_path, "n1", "new")
    assert eventually(lambda: version(host, "new") == "n1")
    assert host.ready == 2


def test_the_last_good_model_stays_when_the_next_one_cannot_be_trusted(host: ModelHost, tmp_path: Path):
    folder = seal_fake(tmp_path, "v2")
    (folder / "extra.py").write_text("import os")
    host.registry.promote("acme", "v2")
    assert eventually(lambda: "acme" in host.failures)
    assert "a file that was not signed" in host.failures["acme"]
    assert version(host) == "v1"
    (folder / "extra.py").unlink()
    promote_fake(tmp_path, "v3")
    assert eventually(lambda: version(host) == "v3" and not host.failures)


def test_a_server_loads_no_model_of_another_workspace_that_nobody_let_in(host: ModelHost, tmp_path: Path):
    seal_fake(tmp_path, "v2", learnt_from="globex")
    host.registry.promote("acme", "v2")
    assert eventually(lambda: "acme" in host.failures)
    assert "learnt from the tickets of workspace 'globex'" in host.failures["acme"]
    assert version(host) == "v1"
    host.registry.promote("acme", "v2", adopted_from="globex")
    assert eventually(lambda: version(host) == "v2" and not host.failures)


def test_a_registry_file_that_cannot_be_read_stops_nothing(host: ModelHost):
    content = host.registry.path.read_text()
    host.registry.path.write_text("{")
    assert eventually(lambda: "registry" in host.failures)
    assert version(host) == "v1"
    host.registry.path.write_text(content)
    assert eventually(lambda: not host.failures)


def test_a_champion_taken_out_of_the_registry_answers_no_more(host: ModelHost):
    host.registry.path.write_text(json.dumps({}))
    assert eventually(lambda: version(host) is None)


def test_no_request_is_lost_while_models_are_switched(host: ModelHost, tmp_path: Path):
    seal_fake(tmp_path, "v2")
    failures: list[Exception] = []
    seen: set[str] = set()
    stopping = threading.Event()

    def ask() -> None:
        while not stopping.is_set():
            try:
                bundle = host.bundle("acme")
                assert bundle is not None
                bundle.model.assess([Ticket("t", subject="vpn")])
                seen.add(bundle.version)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for wanted in ("v2", "v1", "v2", "v1"):
        host.registry.promote("acme", wanted)
        assert eventually(lambda wanted=wanted: version(host) == wanted)
    stopping.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert seen == {"v1", "v2"}


def test_a_loaded_model_is_tried_with_a_form_and_without(trained: Trained, monkeypatch):
    model = trained.bundle.model
    try_out(trained.bundle)
    for part in (model, model.formless):
        spoilt = {
            name: replace(one, calibration=None, bias=np.full(len(one.labels), np.nan))
            for name, one in part.fields.items()
        }
        with monkeypatch.context() as patch:
            patch.setattr(part, "fields", spoilt)
            with pytest.raises(BundleError, match="add up to nan"):
                try_out(trained.bundle)
