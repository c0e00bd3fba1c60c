"""YAML with positions: every value knows its line, so that a mistake can be shown where it is.

Only plain YAML: no tags, no merge keys, no key twice. Numbers keep their digits (int, Decimal);
dates, and what else YAML 1.1 would reinterpret (1:30, 0777), stay the text that they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

Path = tuple[str | int, ...]
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)", re.ASCII)
_DECIMAL = re.compile(r"-?\d+\.\d+", re.ASCII)
_BOOLEANS = {"true": True, "false": False}
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class Problem:
    """One mistake: the key path where it is and what is wrong with it."""

    path: Path
    message: str


@dataclass
class Tree:
    """The content of a YAML text, the line of every key path, and what is wrong with it."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a key path, or of the nearest key above it that stands in the text."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Tree:
    """Parse a YAML text; what is no YAML at all is a problem too."""
    tree = Tree()
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        tree.lines[()] = mark.line + 1 if mark else 1
        tree.problems.append(Problem((), f"not YAML: {' '.join(str(error).split())}"))
        return tree
    tree.value = _build(node, (), tree, ()) if node is not None else None
    return tree


def _build(node: yaml.Node, path: Path, tree: Tree, above: tuple[int, ...]) -> Any:  # noqa: ANN401
    tree.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in above:
        tree.problems.append(Problem(path, "an alias that contains itself"))
        return None
    above = (*above, id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, tree, above)
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, i), tree, above) for i, item in enumerate(node.value)]
    return _scalar(node, path, tree)


def _mapping(
    node: yaml.MappingNode, path: Path, tree: Tree, above: tuple[int, ...]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
        here = (*path, key)
        if key in found:
            again = key_node.start_mark.line + 1
            tree.problems.append(Problem(here, f"stands twice, again in line {again}"))
            continue
        tree.lines[here] = key_node.start_mark.line + 1
        found[key] = _build(value_node, here, tree, above)
    return found


def _scalar(node: yaml.Node, path: Path, tree: Tree) -> Any:  # noqa: ANN401 - any scalar
    text = str(node.value)
    kind = node.tag.removeprefix(_TAG)
    if kind == node.tag:
        tree.problems.append(Problem(path, f"the tag {node.tag} is not supported"))
    if kind == "null":
        return None
    if kind == "bool":
        return _BOOLEANS.get(text.lower(), text)
    if kind == "int" and _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if kind == "float" and _DECIMAL.fullmatch(text) else text
