"""Mistakes in a declaration, told with file, line and key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from headwater.errors import DeclarationError
from headwater.feed import keys
from headwater.feed.jsontext import excerpt
from headwater.feed.yamltree import Problem, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic_core import ErrorDetails

_IN_TABLE = 3  # tables, name, key
Model = TypeVar("Model", bound=BaseModel)


def validated(tree: Tree, model: type[Model]) -> Model | None:
    """The content as the model has it; None where it does not fit, which the tree then tells."""
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        tree.problems += [_problem(detail, model) for detail in error.errors(include_url=False)]
    return None


def refuse(tree: Tree, source: str, remedy: str) -> None:
    """Raise DeclarationError with every mistake that was found, if any was."""
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
    raise DeclarationError("\n".join(lines), remedy=remedy)


def _inherited(problem: Problem, tree: Tree) -> Problem | None:
    """The same problem in the table that this one is `like`, if it is not written here."""
    tables = tree.value.get("tables") if isinstance(tree.value, dict) else None
    if len(problem.path) < _IN_TABLE or not isinstance(tables, dict) or problem.path in tree.lines:
        return None
    table = tables.get(problem.path[1])
    like = table.get("like") if isinstance(table, dict) else None
    return Problem(("tables", str(like), *problem.path[2:]), problem.message) if like else None


def _problem(detail: ErrorDetails, model: type[BaseModel]) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return Problem(path, _unknown_key(path, model))
    if detail["type"] == "missing":
        return Problem(path[:-1], f"{path[-1]!r} is missing")
    message = detail["msg"].removeprefix("Value error, ")
    value = detail["input"]
    repeated = isinstance(value, dict | list) or f"{str(value)!r}" in message
    shown = "" if repeated else f", not {excerpt(value)!r}"
    if detail["type"] == "string_pattern_mismatch":
        message = "a name is lower case letters, digits and _, 48 at most"
    return Problem(path, f"{message}{shown}")


def _unknown_key(path: Sequence[str | int], model: type[BaseModel]) -> str:
    key, valid = str(path[-1]), sorted(keys.keys_at(path[:-1], model))
    near = difflib.get_close_matches(key, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"unknown key; {hint}valid are {', '.join(valid)}"
