import triage.language_names
from training.language_names import written


def test_the_names_that_are_written_down_are_those_that_the_libraries_know():
    """``python -m training.language_names triage/language_names.py`` writes them anew."""
    with open(triage.language_names.__file__, encoding="utf-8") as file:
        assert file.read() == written()
