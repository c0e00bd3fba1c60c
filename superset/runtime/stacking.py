"""A dashboard's layout for a narrow screen: one chart below the other, in the same order."""

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

COLUMNS = 12
SMALL, TALLEST = 25, 46  # heights in Superset's steps of 8 pixels; two that are small share a row
_SHOWN, _HOLDING = {"CHART", "MARKDOWN"}, {"GRID", "ROW", "COLUMN"}
_PARENTS = ["ROOT_ID", "GRID_ID"]


def stacked(position: dict[str, Any]) -> dict[str, Any]:
    """The layout; one with tabs stays as it is."""
    leaves = list(_leaves(position, "GRID_ID")) if "GRID_ID" in position else []
    if not leaves or any(node["type"] not in _SHOWN for node in leaves):
        return position
    rows: list[list[Node]] = []
    for node in leaves:
        if _small(node) and rows and len(rows[-1]) == 1 and _small(rows[-1][0]):
            rows[-1].append(node)
        else:
            rows.append([node])
    names = [f"ROW-stacked-{number}" for number in range(len(rows))]
    kept = {name: node for name, node in position.items() if not _in_grid(node)}
    kept["GRID_ID"] = {**position["GRID_ID"], "children": names}
    for name, row in zip(names, rows, strict=True):
        kept |= _row(name, row)
    return kept


def _leaves(position: dict[str, Any], name: str) -> Iterator[Node]:
    node = position[name]
    if node["type"] not in _HOLDING:
        yield node
        return
    for child in node.get("children", ()):
        yield from _leaves(position, child)


def _in_grid(node: object) -> bool:
    return isinstance(node, dict) and "GRID_ID" in node.get("parents", ())


def _small(node: Node) -> bool:
    return bool(node["meta"].get("height", TALLEST) <= SMALL)


def _row(name: str, nodes: list[Node]) -> dict[str, Node]:
    width = COLUMNS // 2 if _small(nodes[0]) else COLUMNS
    placed = {name: {
        "type": "ROW", "id": name, "children": [node["id"] for node in nodes],
        "parents": _PARENTS, "meta": {"background": "BACKGROUND_TRANSPARENT"},
    }}  # fmt: skip
    for node in nodes:
        height = min(node["meta"].get("height", TALLEST), TALLEST)
        meta = {**node["meta"], "width": width, "height": height}
        placed[node["id"]] = {**node, "parents": [*_PARENTS, name], "meta": meta}
    return placed
