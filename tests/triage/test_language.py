import pytest

from triage.language import language_code, language_key, language_keys

WRITTEN = {
    "en": ("en", "EN-GB", "en_US", " English ", "ENGLISH", "English (UK)", "English - US"),
    "de": ("de", "de_AT", "German", "Deutsch", "DEUTSCH", "German/Deutsch"),
    "fr": ("fr-CA", "French", "Français", "francais"),
    "pt": ("pt-BR", "Portuguese", "Português (Brasil)", "Portuguese-Brazil"),
    "he": ("iw", "he", "Hebrew", "עברית"),
    "no": ("no", "nb", "Norwegian", "norsk", "Norsk (bokmål)"),
    "zh": ("zh-Hant", "Chinese", "中文", "中文(简体)"),
    "ga": ("ga", "Irish", "Gaeilge"),
    "hi": ("hi", "हिन्दी"),
}


@pytest.mark.parametrize(("code", "names"), WRITTEN.items())
def test_codes_and_names_of_a_language_are_one(code, names):
    assert {name: language_code(name) for name in names} == dict.fromkeys(names, code)


@pytest.mark.parametrize("name", ["please choose", "n/a", "", "-", "Elvish"])
def test_what_is_no_language_has_no_code(name):
    assert language_code(name) is None


def test_a_name_that_nobody_knows_is_kept_in_lower_case():
    assert language_key(" Elvish ") == "elvish"
    assert language_keys(["Elvish", "Deutsch", "de-AT", " "]) == ("elvish", "de")
