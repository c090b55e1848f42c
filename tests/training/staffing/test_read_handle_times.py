import pandas as pd
import pytest

from training.staffing.read_handle_times import read_handle_times
from triage.errors import HistoryError


def write(path, **columns):
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_a_history_teaches_them_by_label(tmp_path):
    n = 40
    path = write(
        tmp_path / "h.csv",
        ticket_id=range(n),
        created_at=["2026-03-02T09:00:00Z"] * n,
        subject=["x"] * n,
        category=["vpn", "mail"] * (n // 2),
        handle_seconds=[1_200, 300] * (n // 2),
    )
    found = read_handle_times(path, "category")
    assert found.of("vpn").mean_s == pytest.approx(1_200, rel=0.02)
    assert found.of("mail").mean_s == pytest.approx(300, rel=0.05)
    assert read_handle_times(path, "total").default.mean_s == pytest.approx(750, rel=0.01)


def test_volumes_bring_their_means_along(tmp_path):
    path = write(
        tmp_path / "v.csv",
        series=["phone", "phone", "category=chat"],
        start=["2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"],
        count=[10, 30, 5],
        handle_seconds=[100, 200, 900],
    )
    found = read_handle_times(path, "category")
    assert found.of("phone").mean_s == pytest.approx(175.0) and found.of("chat").mean_s == 900
    assert found.default.mean_s == pytest.approx((1_000 + 6_000 + 4_500) / 45)


def test_a_file_without_handle_times_says_so(tmp_path):
    history = write(tmp_path / "h.csv", ticket_id=[1], created_at=["2026-03-02T09:00:00Z"], subject=["x"])
    volumes = write(tmp_path / "v.csv", series=["a"], start=["2026-03-02T09:00:00Z"], count=[1])
    for path in (history, volumes):
        with pytest.raises(HistoryError, match="without handle times"):
            read_handle_times(path, "category")
