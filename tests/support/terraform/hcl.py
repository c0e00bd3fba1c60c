"""A folder of Terraform as data: its blocks, and its code without comments and text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast

import hcl2

META = frozenset({"count", "for_each", "provider", "depends_on", "lifecycle", "connection"})


@dataclass(frozen=True)
class Body:
    """Arguments (name to value; text keeps its quotes) and nested blocks in order."""

    arguments: dict[str, Any]
    blocks: list[tuple[str, Body]]

    def all_blocks(self, path: str = "") -> list[tuple[str, Body]]:
        """This body and everything in it, each with its path (`rule.filter`)."""
        found = [(path, self)]
        for name, block in self.blocks:
            found += block.all_blocks(f"{path}.{name}".lstrip("."))
        return found


@dataclass(frozen=True)
class Resource:
    """A resource, data source or ephemeral resource."""

    mode: str
    type: str
    name: str
    file: Path
    body: Body

    @property
    def address(self) -> str:
        """As an expression refers to it."""
        prefix = "" if self.mode == "resource" else f"{self.mode}."
        return f"{prefix}{self.type}.{self.name}"


@dataclass
class Module:
    """One folder."""

    path: Path
    resources: list[Resource] = field(default_factory=list)
    variables: dict[str, Body] = field(default_factory=dict)
    outputs: dict[str, Body] = field(default_factory=dict)
    calls: dict[str, Body] = field(default_factory=dict)
    locals: dict[str, Any] = field(default_factory=dict)
    settings: list[Body] = field(default_factory=list)
    texts: dict[Path, str] = field(default_factory=dict)

    def code(self) -> str:
        """All files: comments and literal text blanked out, templates kept."""
        return "\n".join(code_only(text) for text in self.texts.values())


def read(folder: Path) -> Module:
    """Parse every .tf file of one folder."""
    module = Module(folder)
    for file in sorted(folder.glob("*.tf")):
        text = file.read_text()
        module.texts[file] = text
        for kind, entries in _parsed(text).items():
            for entry in entries if isinstance(entries, list) else ():
                _take(module, kind, entry, file)
    return module


@cache
def _parsed(text: str) -> dict[str, Any]:
    return cast("dict[str, Any]", hcl2.loads(text))


def modules(root: Path) -> dict[Path, Module]:
    """Every folder below `root` that has .tf files."""
    folders = sorted({file.parent.resolve() for file in root.rglob("*.tf")})
    return {folder: read(folder) for folder in folders}


def _take(module: Module, kind: str, entry: dict[str, Any], file: Path) -> None:
    if kind in ("resource", "data", "ephemeral"):
        ((type_, named),) = _labelled(entry)
        ((name, content),) = _labelled(named)
        module.resources.append(Resource(kind, type_, name, file, _body(content)))
    elif kind == "locals":
        module.locals |= {key: entry[key] for key in entry if not key.startswith("__")}
    elif kind == "terraform":
        module.settings.append(_body(entry))
    elif kind in ("variable", "output", "module"):
        ((name, content),) = _labelled(entry)
        place = {"variable": module.variables, "output": module.outputs, "module": module.calls}
        place[kind][name] = _body(content)


def _labelled(entry: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(key.strip('"'), value) for key, value in entry.items() if not key.startswith("__")]


def _body(content: dict[str, Any]) -> Body:
    arguments: dict[str, Any] = {}
    blocks: list[tuple[str, Body]] = []
    for key, value in content.items():
        if key.startswith("__"):
            continue
        if not _is_blocks(value):
            arguments[key] = value
        elif key == "dynamic":
            for entry in value:
                ((name, inner),) = _labelled(entry)
                blocks += [(name, _body(one)) for one in inner["content"]]
        else:
            blocks += [(key, _body(entry)) for entry in value]
    return Body(arguments, blocks)


def _is_blocks(value: object) -> bool:
    def marked(entry: object) -> bool:
        if not isinstance(entry, dict):
            return False
        return "__is_block__" in entry or any(
            isinstance(inner, dict) and "__is_block__" in inner for inner in entry.values()
        )

    return isinstance(value, list) and bool(value) and all(map(marked, value))


def literal(value: object) -> str | None:
    """The text of a plain quoted literal, None for anything else."""
    if isinstance(value, str) and re.fullmatch(r'"[^"$]*"', value):
        return value[1:-1]
    return None


def code_only(text: str) -> str:
    """Keep code, also that of templates in text; blank out literal text and comments."""
    kept: list[str] = []
    inside: list[str] = []  # "text" or "code" (a template, or braces in one)
    place = 0
    while place < len(text):
        two, one = text[place : place + 2], text[place]
        in_text = bool(inside) and inside[-1] == "text"
        step, keep = 1, not in_text
        if in_text:
            if two in ('\\"', "\\\\") or text[place : place + 3] == "$${":
                step = 2 if one == "\\" else 3
            elif two == "${":
                inside.append("code")
                step = 2
            elif one == '"':
                inside.pop()
        elif one == '"':
            inside.append("text")
            keep = False
        elif one == "#" or two == "//":
            end = text.find("\n", place)
            step, keep = (len(text) if end < 0 else end) - place, False
        elif one == "{" and inside:
            inside.append("code")
        elif one == "}" and inside:
            inside.pop()
        kept.append(
            text[place : place + step]
            if keep
            else re.sub(r"[^\n]", " ", text[place : place + step])
        )
        place += step
    return "".join(kept)
