"""Read a feed from its YAML file; every mistake is listed with file, line and key.

load(path)       one feed
load_all(folder) every feed of a project, in the order of their names
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from headwater.errors import DeclarationError
from headwater.feed import checks, inherit, keys, yamltree
from headwater.feed.jsontext import excerpt
from headwater.feed.model import Feed
from headwater.feed.yamltree import Problem, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

_IN_TABLE = 3  # tables, name, key
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
    feeds = [load(path) for path in sorted(folder.glob("*.yaml"))]
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
        _raise(tree, source)
    if isinstance(tree.value.get("tables"), dict):
        tree.value["tables"] = inherit.resolve(tree.value["tables"], tree.problems)
    feed = _validated(tree)
    if feed is not None:
        tree.problems += checks.problems(feed)
    _raise(tree, source)
    assert feed is not None  # noqa: S101 - a feed without problems is there
    return feed


def _validated(tree: Tree) -> Feed | None:
    try:
        return Feed.model_validate(tree.value)
    except ValidationError as error:
        tree.problems += [_problem(detail) for detail in error.errors(include_url=False)]
    return None


def _raise(tree: Tree, source: str) -> None:
    if not tree.problems:
        return
    known = set(tree.problems)
    lines = []
    for problem in sorted(known, key=lambda known: (tree.line(known.path), str(known.path))):
        if _inherited(problem, tree) in known:
            continue
        at = f"{source}:{tree.line(problem.path)}: "
        key = ".".join(map(str, problem.path))
        lines.append(f"{at}{key}: {problem.message}" if key else f"{at}{problem.message}")
    raise DeclarationError("\n".join(lines), remedy=REMEDY)


def _inherited(problem: Problem, tree: Tree) -> Problem | None:
    """The same problem in the table that this one is `like`, if it is not written here."""
    tables = tree.value.get("tables") if isinstance(tree.value, dict) else None
    if len(problem.path) < _IN_TABLE or not isinstance(tables, dict) or problem.path in tree.lines:
        return None
    table = tables.get(problem.path[1])
    like = table.get("like") if isinstance(table, dict) else None
    return Problem(("tables", str(like), *problem.path[2:]), problem.message) if like else None


def _problem(detail: ErrorDetails) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return Problem(path, _unknown_key(path))
    if detail["type"] == "missing":
        return Problem(path[:-1], f"{path[-1]!r} is missing")
    message = detail["msg"].removeprefix("Value error, ")
    value = detail["input"]
    repeated = isinstance(value, dict | list) or f"{str(value)!r}" in message
    shown = "" if repeated else f", not {excerpt(value)!r}"
    if detail["type"] == "string_pattern_mismatch":
        message = "a name is lower case letters, digits and _, 48 at most"
    return Problem(path, f"{message}{shown}")


def _unknown_key(path: Sequence[str | int]) -> str:
    key, valid = str(path[-1]), sorted(keys.keys_at(path[:-1]))
    near = difflib.get_close_matches(key, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown key; {hint}valid are {', '.join(valid)}"
