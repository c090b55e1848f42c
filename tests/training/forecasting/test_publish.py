import json

import pandas as pd
import pyarrow.parquet as pq

from tests.training.forecasting.test_forecast import family
from training.forecasting.forecast import COLUMNS, forecast_series
from training.forecasting.publish import forecast_document, read_basis, write_forecast


def test_the_file_has_exactly_the_contract_and_carries_the_basis(tmp_path):
    series = family()
    forecast = forecast_series(series, horizon=5)
    path = tmp_path / "new" / "forecast.parquet"
    write_forecast(forecast, series, path)
    assert tuple(pq.read_schema(path).names) == COLUMNS
    assert read_basis(path) == forecast.basis
    pd.testing.assert_frame_equal(pd.read_parquet(path), forecast.table)


def test_the_document_is_plain_json_with_every_point():
    series = family()
    forecast = forecast_series(series, horizon=5)
    document = json.loads(json.dumps(forecast_document(forecast, series)))
    assert document["origin"] == "2024-04-30T00:00:00Z"
    assert [entry["series"] for entry in document["series"]] == list(series.names)
    point = document["series"][0]["points"][1]
    assert point["start"] == "2024-05-01T00:00:00Z"
    assert point["mean"] == forecast.table["mean"][1]
