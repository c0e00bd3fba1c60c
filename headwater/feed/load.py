"""Read a feed from its YAML file; every mistake is listed with file, line and key.

load(path)       one feed
load_all(folder) every feed of a project, in the order of their names
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.errors import DeclarationError
from headwater.feed import checks, inherit, problems, yamltree
from headwater.feed.model import Feed
from headwater.feed.yamltree import Problem

if TYPE_CHECKING:
    from pathlib import Path

CAPTURE = "capture.yaml"
"""Lies beside the feeds and is none: headwater.capture reads it."""

REMEDY = "docs/feeds.md describes every key; `headwater feeds check` reads the files again"


def load(path: Path) -> Feed:
    """The feed of one file; raises DeclarationError that lists every mistake in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path}: cannot be read: {error}") from error
    feed = loads(text, source=str(path))
    if feed.feed != path.stem:
        raise DeclarationError(
            f"{path}: feed: {feed.feed!r} is not the name of its file, {path.stem!r}",
            remedy=f"rename the file to {feed.feed}.yaml or the feed to {path.stem}",
        )
    return feed


def load_all(folder: Path) -> list[Feed]:
    """Every feed of a folder; raises DeclarationError where two fill the same table."""
    paths = (path for path in sorted(folder.glob("*.yaml")) if path.name != CAPTURE)
    feeds = [load(path) for path in paths]
    owners: dict[str, str] = {}
    for feed in feeds:
        for table in feed.tables:
            if table in owners:
                raise DeclarationError(
                    f"table {table} belongs to two feeds, {owners[table]} and {feed.feed}",
                    remedy="give one of them another name",
                )
            owners[table] = feed.feed
    return feeds


def loads(text: str, *, source: str) -> Feed:
    """The feed of a YAML text; `source` stands in messages for the file."""
    tree = yamltree.read(text)
    if not isinstance(tree.value, dict):
        expected = Problem((), "expected a mapping that starts with `feed: name`")
        tree.problems = tree.problems or [expected]
        problems.refuse(tree, source, REMEDY)
    if isinstance(tree.value.get("tables"), dict):
        tree.value["tables"] = inherit.resolve(tree.value["tables"], tree.problems)
    feed = problems.validated(tree, Feed)
    if feed is not None:
        tree.problems += checks.problems(feed)
    problems.refuse(tree, source, REMEDY)
    assert feed is not None  # noqa: S101 - a feed without problems is there
    return feed
