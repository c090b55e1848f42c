"""Knowledge gaps as far as a caller sees the tickets that they are about.

The numbers of a gap stay as they are: they name nobody. Its title is one ticket's subject, its words are what
its tickets say, and its examples are tickets: each is shown to who sees a ticket that it comes from.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from serving.caller import Caller
from serving.sight import work_in_sight
from triage.store import Store
from triage.store.knowledge_reports import StoredGaps, read_gaps

__all__ = ["gaps_in_sight"]

TITLE_WORDS = 3


def gaps_in_sight(store: Store, caller: Caller) -> StoredGaps | None:
    """Return the newest report of gaps as far as a caller sees their tickets, None where none was made.

    A gap of which they see none of the typical tickets is left out and counted as ``hidden``; so is, for who
    does not see all, one of a report that does not say yet where titles and words come from.
    """
    stored = read_gaps(store, caller.workspace)
    if stored is None:
        return None
    sight = work_in_sight(store, caller)
    found = stored.document["gaps"]
    if sight.sees_all:
        shown = [{name: part for name, part in one.items() if name != "sources"} for one in found]
    else:
        names = {name for one in found for name in one.get("sources", {}).get("members", ())}
        seen = sight.among(store, caller.workspace, names)
        shown = [gap for one in found if (gap := _shown(one, seen)) is not None]
    document = {**stored.document, "gaps": shown, "hidden": len(found) - len(shown)}
    return replace(stored, document=document)


def _shown(gap: Mapping[str, Any], seen: Collection[str]) -> dict[str, Any] | None:
    """Return what of a gap comes from tickets that are seen, None where that is nothing."""
    sources = gap.get("sources")
    if sources is None or not any(name in seen for name in sources["members"]):
        return None
    words = [
        word
        for word, said_by in zip(gap["words"], sources["said_by"], strict=True)
        if any(name in seen for name in said_by)
    ]
    examples = [one for one in gap["examples"] if one["ticket_id"] in seen]
    title = gap["title"] if sources["title_of"] in seen else ", ".join(words[:TITLE_WORDS])
    title = title or next((one["subject"] for one in examples if one["subject"]), "")
    if not title:
        return None
    kept = {name: part for name, part in gap.items() if name != "sources"}
    return kept | {"title": title, "words": words, "examples": examples}
