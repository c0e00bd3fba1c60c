"""What a change of a table's columns asks of the lake: nothing, apply, rewrite or rebuild."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater_cdc.types import Column

_WIDENINGS = frozenset((("int", "bigint"), ("float", "double")))
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


class Change(Enum):
    """The classes of promise 9, weakest first."""

    NONE = 0  # the lake's columns stay as they are (a default, a comment, a MySQL-only width)
    APPLY = 1  # the next commit brings it: a nullable column more, a safe widening
    REWRITE = 2  # every row has to be written again: a default, a rename, a decimal's precision
    REBUILD = 3  # the table has to be read anew


@dataclass(frozen=True)
class Difference:
    """One difference between two schemas of a table."""

    change: Change
    what: str


def compare(old: Sequence[Column], new: Sequence[Column]) -> list[Difference]:
    """Every difference between two lists of columns; none where only MySQL sees one."""
    before = {column.name: column for column in old}
    after = {column.name: column for column in new}
    added = [column for column in new if column.name not in before]
    dropped = [column for column in old if column.name not in after]
    renamed = _renames(old, new, dropped)
    differences = [
        Difference(Change.REWRITE, f"column {one} renamed to {other}") for one, other in renamed
    ]
    new_names = {other for _, other in renamed}
    old_names = {one for one, _ in renamed}
    differences += [_addition(column) for column in added if column.name not in new_names]
    differences += [
        Difference(Change.REBUILD, f"column {column.name} dropped")
        for column in dropped
        if column.name not in old_names
    ]
    for name in before.keys() & after.keys():
        differences += _retyping(before[name], after[name])
    return sorted(differences, key=lambda d: (-d.change.value, d.what))


def worst(differences: Sequence[Difference]) -> Change:
    """What the whole change asks for."""
    return max((d.change for d in differences), key=lambda c: c.value, default=Change.NONE)


def _renames(
    old: Sequence[Column], new: Sequence[Column], dropped: Sequence[Column]
) -> list[tuple[str, str]]:
    """Columns that only changed their name: same place, same type, one gone and one new."""
    if len(old) != len(new):
        return []
    gone = {column.name for column in dropped}
    known = {column.name for column in old}
    return [
        (one.name, other.name)
        for one, other in zip(old, new, strict=True)
        if one.name in gone and other.name not in known and one.lake_type == other.lake_type
    ]


def _addition(column: Column) -> Difference:
    if column.default:
        return Difference(Change.REWRITE, f"column {column.name} added with a default")
    if column.nullable:
        return Difference(Change.APPLY, f"nullable column {column.name} added")
    return Difference(Change.REWRITE, f"column {column.name} added as NOT NULL")


def _retyping(old: Column, new: Column) -> list[Difference]:
    if old.lake_type == new.lake_type:
        return []
    what = f"column {old.name} changed from {old.lake_type} to {new.lake_type}"
    if (old.lake_type, new.lake_type) in _WIDENINGS:
        return [Difference(Change.APPLY, what)]
    one, other = _DECIMAL.fullmatch(old.lake_type), _DECIMAL.fullmatch(new.lake_type)
    return [Difference(Change.REWRITE if one and other else Change.REBUILD, what)]
