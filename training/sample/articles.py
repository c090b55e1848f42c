"""Reading ``articles.md``: one heading an article, three labelled lines, then the text.

It does not check that products or topics exist; ``checks.py`` does.
"""

import re

from training.sample.preset import Article
from triage.errors import InputError

_HEADING = re.compile(r"^## ([a-z0-9][a-z0-9_-]*): (.+)$")
_LABELS = ("summary", "topics", "products")


def parse_articles(text: str, source: str) -> tuple[Article, ...]:
    """Read the articles of one preset.

    Parameters
    ----------
    text : str
        The file: ``## <id>: <title>``, then ``summary:``, ``topics:``, ``products:`` lines, then the body.
    source : str
        Name of the file, for messages.

    Returns
    -------
    tuple of Article
        In the order of the file.

    Raises
    ------
    InputError
        For a heading of another shape or a missing labelled line.
    """
    articles: list[Article] = []
    heading: tuple[str, str] | None = None
    lines: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("## "):
            if heading:
                articles.append(_article(heading, lines, source))
            match = _HEADING.match(line.rstrip())
            if match is None:
                raise InputError(
                    f"Got the heading {line!r} in {source}, line {number}; "
                    "expected '## <article_id>: <title>' with an id of a-z, 0-9, '-' and '_'."
                )
            heading, lines = (match.group(1), match.group(2).strip()), []
        elif heading:
            lines.append(line)
    if heading:
        articles.append(_article(heading, lines, source))
    return tuple(articles)


def _article(heading: tuple[str, str], lines: list[str], source: str) -> Article:
    article_id, title = heading
    labels: dict[str, str] = {}
    rest = list(lines)
    while rest and len(labels) < len(_LABELS):
        line = rest.pop(0).strip()
        name, colon, value = line.partition(":")
        if colon and name in _LABELS:
            labels[name] = value.strip()
        elif line:
            break
    missing = [name for name in _LABELS if name not in labels]
    if missing:
        raise InputError(
            f"Got article '{article_id}' in {source} without the line(s) {', '.join(missing)}; "
            "expected 'summary:', 'topics:' and 'products:' right below its heading."
        )
    return Article(
        id=article_id,
        title=title,
        summary=labels["summary"],
        topics=_split(labels["topics"]),
        products=_split(labels["products"]),
        body="\n".join(rest).strip(),
    )


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
