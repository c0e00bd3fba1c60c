"""Views of the lake, as files: sql/athena/<name>.sql.

The comment at the head of a file is its documentation and its declaration:

    -- What a row is.
    -- name type: what the column means [unit]
    -- …
    SELECT …

Athena keeps a view as a Glue table that carries the SQL and the types of its columns. We write
that entry ourselves, so that a view can be there before its tables are; an engine refuses a view
whose SQL no longer gives the declared types, and says so.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from headwater.errors import DeclarationError

if TYPE_CHECKING:
    from pathlib import Path

_COLUMN = re.compile(
    r"-- (?P<name>[a-z][a-z0-9_]*) (?P<type>[a-z]+(?:\([0-9, ]+\))?): (?P<comment>.+)"
)
_GLUE_TYPES = {"varchar": "string", "integer": "int", "real": "float", "varbinary": "binary"}


@dataclass(frozen=True)
class ViewColumn:
    """A column: its SQL type, and its meaning with the unit in brackets."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True)
class View:
    """One view of the feeds' database."""

    name: str
    meaning: str
    columns: tuple[ViewColumn, ...]
    sql: str

    def entry(self, database: str) -> dict[str, Any]:
        """Glue's TableInput, as Athena writes it."""
        definition = {
            "originalSql": self.sql,
            "catalog": "awsdatacatalog",
            "schema": database,
            "columns": [{"name": c.name, "type": c.type} for c in self.columns],
        }
        encoded = base64.b64encode(json.dumps(definition).encode()).decode()
        return {
            "Name": self.name,
            "Owner": "headwater",  # the engine wants one for a view
            "TableType": "VIRTUAL_VIEW",
            # No Description: the engine takes it for the comment, by which it knows a view.
            "Parameters": {
                "presto_view": "true",
                "comment": "Presto View",
                "meaning": self.meaning,
            },
            "PartitionKeys": [],
            "ViewOriginalText": f"/* Presto View: {encoded} */",
            "ViewExpandedText": "/* Presto View */",
            "StorageDescriptor": {
                "Columns": [_glue_column(column) for column in self.columns],
                "Location": "",
                "SerdeInfo": {"Parameters": {}},
                "Parameters": {},
            },
        }


def _glue_column(column: ViewColumn) -> dict[str, str]:
    kind = re.sub(r"\(.*", "", column.type)
    glue = _GLUE_TYPES.get(kind, "timestamp" if kind == "timestamp" else column.type)
    return {"Name": column.name, "Type": glue, "Comment": column.comment[:255]}


def load(folder: Path) -> list[View]:
    """Every view of a folder, in the order of their names."""
    return [parse(path.stem, path.read_text(), path) for path in sorted(folder.glob("*.sql"))]


def parse(name: str, text: str, path: Path) -> View:
    """One view."""
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("--")]
    if lines[: len(head)] != head or not head:
        raise _wrong(path, "no line", "the file starts with comment lines, the SQL follows")
    found = [_COLUMN.fullmatch(line) for line in head]
    first = next((number for number, match in enumerate(found) if match), len(head))
    for line, match in zip(head[first:], found[first:], strict=True):
        if match is None:
            raise _wrong(path, repr(line), "a column is `-- name type: meaning [unit]`")
    columns = [ViewColumn(**match.groupdict()) for match in found if match]
    meaning = " ".join(line.removeprefix("--").strip() for line in head[:first])
    sql = "\n".join(lines[len(head) :]).strip().rstrip(";")
    if not columns or not meaning or not sql:
        raise _wrong(path, "too little", "the meaning of a row, its columns, then one SELECT")
    return View(name, meaning, tuple(columns), sql)


def _wrong(path: Path, found: str, valid: str) -> DeclarationError:
    return DeclarationError(f"{path.name}: {found} declares a view", remedy=valid)
