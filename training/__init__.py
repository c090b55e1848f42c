"""Everything before an artifact exists: reading history, fitting, calibrating, judging, forecasting."""
