import shutil
from pathlib import Path

import pytest

from training.sample import load_preset, preset_names
from training.sample.articles import parse_articles
from training.sample.loading import PRESETS
from triage.errors import InputError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the IT preset that a test may spoil."""
    return Path(shutil.copytree(PRESETS / "it", tmp_path / "it"))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_keeps_the_format_and_has_forty_articles(name: str) -> None:
    preset = load_preset(name)
    assert len(preset.articles) >= 40
    assert len(preset.incidents) == 2
    assert 8 <= len(preset.categories) <= 12
    for article in preset.articles:
        assert 60 <= len(article.body.split()) <= 260, article.id
        assert article.summary
        assert article.topics
    assert len({article.body for article in preset.articles}) == len(preset.articles)


@pytest.mark.parametrize("name", preset_names())
def test_every_folder_of_presets_holds_a_preset(name: str) -> None:
    assert {path.name for path in PRESETS.iterdir() if path.is_dir()} == set(preset_names())
    assert {path.suffix for path in (PRESETS / name).iterdir()} <= {".toml", ".md"}


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"Got preset 'moon'; expected one of: .*it"):
        load_preset("moon")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("preset.toml", 'zone = "Europe/London"', "", r"Got no 'zone' in it/preset\.toml"),
        ("preset.toml", 'zone = "Europe/London"', 'zone = "Europe/Spout"', "zone 'Europe/Spout' is unknown"),
        ("preset.toml", "growth_per_year = 0.18", "growth_per_year = 'much'", "expected a number"),
        ("preset.toml", "weekday_weights = [1.25, ", "weekday_weights = [", "expected a list of 7 numbers"),
        ("preset.toml", "Mon-Fri 07:00-15:30", "whenever", "Got the shift 'whenever'"),
        ("preset.toml", 'kind = "split"', 'kind = "explode"', "expected split, merge or rename"),
        ("preset.toml", 'from = "hardware"', 'from = "email"', "'from' to be gone"),
        ("preset.toml", 'subcategory = "vpn-connect"', 'subcategory = "tea"', "remote-access/tea"),
        ("preset.toml", 'name = "Brindle', "name = Brindle", "not valid TOML"),
        ("taxonomy.toml", 'team = "service-desk"', 'team = "cooks"', "goes to team 'cooks'"),
        ("taxonomy.toml", '"reset-password", ', '"no-such", ', r"names the articles \['no-such'\]"),
        ("taxonomy.toml", "{colleague}", "{cousin}", r"uses the slots \['cousin'\]"),
        ("articles.md", "## reset-password: ", "## Reset Password ", "expected '## <article_id>: <title>'"),
        ("articles.md", "summary: Five things", "Five things", "write-a-good-ticket.*summary"),
    ],
)
def test_a_spoiled_preset_is_refused_with_file_and_key(
    copy: Path, name: str, old: str, new: str, message: str
) -> None:
    spoil(copy, name, old, new)
    with pytest.raises(InputError, match=message):
        load_preset("it", copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "slots.toml").unlink()
    with pytest.raises(InputError, match=r"it/slots\.toml"):
        load_preset("it", copy)


def test_all_problems_are_named_at_once(copy: Path) -> None:
    spoil(copy, "taxonomy.toml", "{colleague}", "{cousin}")
    spoil(copy, "taxonomy.toml", '"reset-password", ', '"no-such", ')
    with pytest.raises(InputError, match=r"2 problem\(s\)(.|\n)*no-such(.|\n)*cousin"):
        load_preset("it", copy)


def test_an_article_keeps_its_paragraphs() -> None:
    text = "# Title\n\n## a-1: One\nsummary: S\ntopics: x, y\nproducts:\n\nFirst.\n\nSecond.\n"
    (article,) = parse_articles(text, "a.md")
    assert (article.title, article.topics, article.products) == ("One", ("x", "y"), ())
    assert article.body == "First.\n\nSecond."
