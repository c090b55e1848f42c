"""Files that staffing reads: forecasts, histories with handle times."""
