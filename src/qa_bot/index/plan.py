"""Article files, and the index in use -> what a build has to do: bytes decide, not dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from qa_bot.corpus import digest_file


class Indexed(NamedTuple):
    """What an index has of an article: its number, digest, group and how many passages."""

    number: int
    sha256: str
    reprint_of: int
    passages: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What differs between a corpus and its index.

    Attributes:
        added: Ids of files that the index does not have.
        changed: Ids of those that have other bytes.
        removed: Ids of articles whose files are gone.
        unchanged: How many are the same.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def make_plan(corpus: Path, ids: Iterable[str], before: Mapping[str, Indexed]) -> Plan:
    """Compare a corpus with its index.

    Args:
        corpus: The corpus folder.
        ids: Of its article files.
        before: What the index has, by id.
    """
    added, changed, unchanged = [], [], 0
    removed = set(before)
    for id_ in ids:
        if id_ not in before:
            added.append(id_)
            continue
        removed.discard(id_)
        if digest_file(f"{corpus}/{id_}") == before[id_].sha256:
            unchanged += 1
        else:
            changed.append(id_)
    return Plan(tuple(added), tuple(changed), tuple(sorted(removed)), unchanged)
