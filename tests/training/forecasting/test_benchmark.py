import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture
def benchmark():
    spec = importlib.util.spec_from_file_location("forecast_benchmark", REPOSITORY / "benchmarks/forecast.py")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def last_line(capsys):
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def test_a_quick_run_on_made_data_ends_with_a_line_of_json(benchmark, tmp_path, capsys):
    rng = np.random.default_rng(0)
    days = pd.date_range("2016-02-29", "2016-05-27")
    counts = rng.poisson(np.where(days.weekday < 5, 20, 3))
    times = [
        day + pd.Timedelta(minutes=int(m)) for day, n in zip(days, counts, strict=True) for m in range(n)
    ]
    (tmp_path / "servicenow_log").mkdir()
    pd.DataFrame({"opened_at": times}).to_parquet(tmp_path / "servicenow_log/incidents.parquet")
    assert benchmark.main(["--quick", "--data", str(tmp_path)]) == 0
    rows = last_line(capsys)["rows"]
    assert [row["model"] for row in rows] == ["ours", "SWA8", "SeasonalNaive"] * 3
    ours, naive = rows[0], rows[2]
    assert ours["wape"] < naive["wape"] and ours["skill"] > naive["skill"]
    assert rows[1]["skill"] == 0.0


def test_no_data_is_said_and_not_a_crash(benchmark, tmp_path, capsys):
    assert benchmark.main(["--data", str(tmp_path)]) == 2
    assert "no histories" in capsys.readouterr().out


@pytest.mark.data
@pytest.mark.skipif(not DATA.exists(), reason="no ../shared/data beside the checkout")
def test_a_quick_run_on_a_real_helpdesk_beats_seasonal_naive(benchmark, capsys):
    assert benchmark.main(["--quick", "--data", str(DATA)]) == 0
    ours, _, naive = last_line(capsys)["rows"][:3]
    assert ours["wape"] < naive["wape"] and ours["crps"] < naive["crps"]
