"""A made-up helpdesk to try things on: ``load_preset`` reads a company, ``write_sample`` makes its history.

Nothing here is evidence: no claim of quality rests on these tickets.
"""

from training.sample.loading import load_preset, preset_names
from training.sample.preset import Preset
from training.sample.tables import SampleSummary, write_sample

__all__ = ["Preset", "SampleSummary", "load_preset", "preset_names", "write_sample"]
