"""History import: tables of CSV, JSON lines and Parquet become past tickets, articles, links and agents."""

from training.history.mapping import BUILT_IN, Mapping, built_in_mapping, load_mapping
from training.history.read import (
    iter_tickets,
    read_agents,
    read_articles,
    read_columns,
    read_duplicates,
    read_history,
    read_links,
    read_table,
    read_volumes,
)
from training.history.summary import RowSummary
from training.history.table import Table
from training.history.volume import Volume

__all__ = [
    "BUILT_IN",
    "Mapping",
    "RowSummary",
    "Table",
    "Volume",
    "built_in_mapping",
    "iter_tickets",
    "load_mapping",
    "read_agents",
    "read_articles",
    "read_columns",
    "read_duplicates",
    "read_history",
    "read_links",
    "read_table",
    "read_volumes",
]
