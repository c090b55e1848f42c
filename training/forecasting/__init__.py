"""From counts of past tickets to quantiles of tomorrow's.

`series` counts, `pool` forecasts one series by the length of its history, `hierarchy` makes the series of a
forecast add up, `forecast` does all of it and returns the published table. Staffing is not here.
"""
