"""What the model's types cannot say: whether names, expressions and types of a feed fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.feed.yamltree import Problem

if TYPE_CHECKING:
    from headwater.feed.model import Feed


def problems(feed: Feed) -> list[Problem]:
    """Every mistake in a feed that is well-formed by itself."""
    return [
        Problem(("tables", name, "key"), f"no column {column!r}")
        for name, table in feed.tables.items()
        for column in table.key
        if column not in table.columns
    ]
