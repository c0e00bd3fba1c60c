"""Entries put into and taken out of capture.yaml's text; what else a person wrote there stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from headwater.capture.model import Taken
from headwater.errors import DeclarationError

if TYPE_CHECKING:
    from typing import Any


HEAD = """\
# Existing MySQL tables that are taken into the lake: docs/capture.md.
# `headwater capture` and `release` write this file; after a change by hand, `headwater apply`.
tables:
"""


def put(text: str, name: str, taken: Taken) -> str:
    """The text with this entry, new or in place of the one that stands there."""
    text = text if text.strip() else HEAD
    if name in _spans(text):
        text = drop(text, name)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    place, indent = _end(text)
    lines.insert(place, f"{indent}{_scalar(name)}: {_inline(taken)}\n")
    return "".join(lines)


def drop(text: str, name: str) -> str:
    """The text without this entry."""
    spans = _spans(text)
    if name not in spans:
        return text
    first, last = spans[name]
    lines = text.splitlines(keepends=True)
    return "".join(lines[:first] + lines[last:])


def said(text: str, name: str) -> dict[str, Any]:
    """An entry's options as they are written: `10s`, not the seconds that it means."""
    return dict(yaml.safe_load(text)["tables"][name] or {})


def _tables(text: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value of `tables`."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    found = next((pair for pair in pairs if pair[0].value == "tables"), None)
    if found and isinstance(found[1], yaml.MappingNode) and found[1].flow_style:
        raise DeclarationError(
            "capture.yaml: `tables` is written in one line, which is not edited here",
            remedy="write one table a line, or change the file by hand and run `headwater apply`",
        )
    return found


def _entries(text: str) -> list[tuple[yaml.Node, yaml.Node]]:
    found = _tables(text)
    return list(found[1].value) if found and isinstance(found[1], yaml.MappingNode) else []


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """First line of each entry, and the line after its last (from 0)."""
    return {
        str(key.value): (key.start_mark.line, _after(key, value)) for key, value in _entries(text)
    }


def _after(key: yaml.Node, value: yaml.Node) -> int:
    """The line after an entry; YAML ends a block only where something else begins."""
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        return max(_after(*pair) for pair in value.value)
    if isinstance(value, yaml.SequenceNode) and not value.flow_style and value.value:
        return max(_after(item, item) for item in value.value)
    return max(key.end_mark.line, value.end_mark.line if value.value else 0) + 1


def _end(text: str) -> tuple[int, str]:
    """Where an entry is added, and how far it is indented."""
    entries = _entries(text)
    if entries:
        key = entries[-1][0]
        return _after(*entries[-1]), " " * key.start_mark.column
    found = _tables(text)
    if found is None:
        raise DeclarationError(
            "capture.yaml has no `tables:` to add to",
            remedy="add the line `tables:`, or remove the file: it is then written anew",
        )
    return found[0].end_mark.line + 1, "  "


def _inline(taken: Taken) -> str:
    names = (name for name in Taken.model_fields if name in taken.model_fields_set)
    parts = (f"{name}: {json.dumps(getattr(taken, name))}" for name in names)
    return "{" + ", ".join(parts) + "}"


def _scalar(name: str) -> str:
    """The name as YAML, quoted only where it has to be."""
    plain = name.replace(".", "").replace("_", "").isalnum() and name.isascii()
    return name if plain else json.dumps(name, ensure_ascii=False)
