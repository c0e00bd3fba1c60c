"""`like: other_table`: a table takes over what another one declares."""

from __future__ import annotations

from typing import Any

from headwater.feed.yamltree import Problem

Raw = dict[str, Any]

_LOST = object()

_OWN = frozenset({"like", "meaning", "retention", "lake"})
"""Keys that are never inherited: they belong to one table."""

_LATEST_ONLY = frozenset({"latest", "gone"})
"""Keys that a history table has no use for."""


def resolve(tables: Raw, problems: list[Problem]) -> Raw:
    """The tables with `like` filled in; wrong references go to `problems`, their tables drop out.

    Keys of the table win over inherited ones; columns and checks are merged by name, where null
    drops an inherited one. Inherited columns come first, in their order.
    """
    resolved = {name: _resolved(name, tables, (), problems) for name in tables}
    return {name: table for name, table in resolved.items() if table is not _LOST}


def _resolved(name: str, tables: Raw, chain: tuple[str, ...], problems: list[Problem]) -> Any:  # noqa: ANN401
    table = tables[name]
    if not isinstance(table, dict) or "like" not in table:
        return table
    like, path = table["like"], ("tables", name, "like")
    if like not in tables:
        problems.append(Problem(path, f"no table {like!r}; tables are {', '.join(tables)}"))
        return _LOST
    if like in (*chain, name):
        circle = " -> ".join((*chain, name, str(like)))
        problems.append(Problem(path, f"{like!r} goes in a circle: {circle}"))
        return _LOST
    parent = _resolved(str(like), tables, (*chain, name), problems if not chain else [])
    return _merged(parent, table) if isinstance(parent, dict) else _LOST


def _merged(parent: Raw, child: Raw) -> Raw:
    dropped = _OWN | (_LATEST_ONLY if child.get("keep") == "history" else frozenset[str]())
    merged = {key: value for key, value in parent.items() if key not in dropped}
    merged |= child
    for key in ("columns", "checks"):
        merged |= _by_name(key, parent, child)
    return merged


def _by_name(key: str, parent: Raw, child: Raw) -> Raw:
    inherited, own = parent.get(key), child.get(key)
    if not isinstance(inherited, dict) or not isinstance(own, dict):
        return {key: inherited if own is None else own} if key in parent or key in child else {}
    merged = {**inherited, **own}
    return {key: {name: value for name, value in merged.items() if value is not None}}
