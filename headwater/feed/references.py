"""What an expression refers to, read from its syntax tree: names of the scope, functions."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from headwater.errors import TransformError
from headwater.feed import expressions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from headwater.feed.expressions import Node

_FIRST_ONLY = frozenset(
    {"projection", "value_projection", "filter_projection", "flatten", "pipe", "index_expression"}
)
"""Nodes that hand the value of their first child to the others."""


def mistakes(text: str, names: Mapping[str, Collection[str] | None]) -> list[str]:
    """What is wrong with an expression over a scope of `names`.

    Each name maps to the fields that it is known to have, or to None where they are not known.
    """
    try:
        tree = expressions.compiled(text).tree
    except TransformError as error:
        return [error.message]
    found = [*_node_mistakes(tree)]
    for root, *inner in references(tree):
        fields = names.get(root)
        if root not in names:
            found.append(f"{text!r}: unknown name {_unknown(root, names)}")
        elif fields is not None and inner and inner[0] not in fields:
            found.append(f"{text!r}: {root} has no {_unknown(inner[0], fields)}")
    return found


def references(node: Node) -> Iterator[tuple[str, ...]]:
    """Every chain of fields that starts at the scope: `a.b[0].c || d` gives (a, b) and (d,)."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        yield (node["value"],)
    elif kind == "subexpression":
        yield from _chained(children)
    elif kind in _FIRST_ONLY:
        yield from references(children[0])
    elif kind not in {"expref", "slice"}:
        for child in children:
            yield from references(child)


def _chained(children: list[Node]) -> Iterator[tuple[str, ...]]:
    inner = _first_field(children[1]) if children[0]["type"] == "field" else None
    for chain in references(children[0]):
        yield chain if inner is None else (*chain, inner)


def _first_field(node: Node) -> str | None:
    if node["type"] == "field":
        return str(node["value"])
    leads = node["type"] in _FIRST_ONLY or node["type"] == "subexpression"
    return _first_field(node["children"][0]) if leads else None


def _node_mistakes(node: Any) -> Iterator[str]:  # noqa: ANN401 - a node, a number or None
    if not isinstance(node, dict):
        return
    if node["type"] == "subexpression" and node["children"][0]["type"] == "not_expression":
        yield "`!` binds tighter than `.`: write !(a.b) for !a.b"
    if node["type"] == "function_expression":
        yield from _call_mistakes(node["value"], node["children"])
    for child in node["children"]:
        yield from _node_mistakes(child)


def _call_mistakes(name: str, arguments: list[Node]) -> Iterator[str]:
    arity = expressions.ARITIES.get(name)
    if arity is None:
        yield f"unknown function {_unknown(name, expressions.ARITIES)}"
        return
    least, most = arity
    if not least <= len(arguments) <= most:
        yield f"{name}() takes {least} arguments, not {len(arguments)}"
    elif name == "match" and arguments[1]["type"] == "literal":
        yield from _regex_mistakes(arguments[1]["value"])


def _regex_mistakes(regex: Any) -> Iterator[str]:  # noqa: ANN401 - any literal
    try:
        re.compile(regex)
    except (re.error, TypeError) as error:
        yield f"match() with the regular expression {regex!r}: {error}"


def _unknown(name: str, valid: Collection[str]) -> str:
    near = difflib.get_close_matches(name, valid, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return f"{name!r}; {hint}valid are {', '.join(sorted(valid))}"
