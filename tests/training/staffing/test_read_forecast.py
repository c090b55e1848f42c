from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from training.forecasting.forecast import COLUMNS
from training.staffing.read_forecast import read_forecast
from triage.errors import InputError

START = datetime(2026, 3, 2, tzinfo=UTC)


def table(n: int = 3, **changes: object) -> pd.DataFrame:
    rows = [
        {"series": series, "start": START + timedelta(days=day), "origin": START, "mean": 5.0}
        | {name: float(i + 1) for i, name in enumerate(COLUMNS[4:11])}
        | {"spike_threshold": 20.0, "spike_probability": 0.1}
        for series in ("total", "category=vpn")
        for day in range(n)
    ]
    return pd.DataFrame(rows).assign(**changes)


def test_the_contracts_columns_are_enough(tmp_path):
    path = tmp_path / "f.parquet"
    table().sample(frac=1, random_state=0).to_parquet(path)
    found = read_forecast(path)
    assert set(found.names) == {"total", "category=vpn"} and found.starts[0] == START
    assert found.ends[-1] == START + timedelta(days=3) and found.origin == START
    assert found.quantiles[0, 0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert found.labels("category").keys() == {"vpn"} and found.labels("series").keys() == {"category=vpn"}


def test_what_is_no_forecast_is_said_to_be_none(tmp_path):
    path = tmp_path / "f.parquet"
    for content, words in (
        (table().drop(columns=["q80"]), "column q80"),
        (table().iloc[:0], "without a row"),
        (table().assign(origin=[START] * 5 + [START + timedelta(days=1)]), "2 origins"),
        (table().iloc[:-1], "lacks an interval"),
    ):
        content.to_parquet(path)
        with pytest.raises(InputError, match=words):
            read_forecast(path)
    path.write_text("series,start\n")
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_forecast(path)
    with pytest.raises(InputError, match="cannot be read as Parquet"):
        read_forecast(tmp_path / "none.parquet")
