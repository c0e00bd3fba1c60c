"""Which tables the names and patterns of capture.yaml mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from headwater.capture.model import is_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from headwater.capture.model import Capture, Taken


def patterns(capture: Capture) -> list[str]:
    """The names that stand for any number of tables."""
    return [name for name in capture.tables if is_pattern(name)]


def resolve(capture: Capture, existing: Iterable[str] = ()) -> dict[str, Taken]:
    """Every table that is to be captured, by name; a table's own entry counts before a pattern.

    `existing` are the tables that MySQL has: only these can match a pattern. Of several patterns
    the first counts.
    """
    named = {name: taken for name, taken in capture.tables.items() if not is_pattern(name)}
    found = dict(named)
    for pattern in patterns(capture):
        for name in sorted(existing):
            if name not in found and matches(pattern, name):
                found[name] = capture.tables[pattern]
    return {name: taken for name, taken in found.items() if not taken.skip}


def matches(pattern: str, name: str) -> bool:
    """Whether a table's name fits; `*` stands for anything, all else for itself."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), name) is not None
