"""Refuses what Trino would answer with old rows: the newest state of MERGE_ON_READ tables.

Athena merges the log files of `<table>_rt`. Trino reads base files only, under both names and
without a word, so a query of such an entry, or of a view over one, is refused here.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import time
from typing import TYPE_CHECKING, Any

from headwater.lake.athena import statements
from headwater.lake.athena.catalog import VIEW, is_view
from headwater.lake.athena.engine import EngineError
from headwater.lake.athena.protocol import ApiError
from headwater_cdc.catalog import REALTIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from headwater.lake.athena.catalog import Catalog
    from headwater.lake.athena.protocol import Json

Name = tuple[str, str]
"""Database and table, in lower case."""

# A query that says `_rt` is always held against Glue as it is now; a view may hide one as long.
VIEWS_S = 10.0
_SUFFIX = "_rt"
_LITERALS = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


class Realtime:
    """Knows which entries of Glue would be answered with old rows."""

    def __init__(self, catalog: Catalog, now: Callable[[], float] = time.monotonic) -> None:
        self._catalog = catalog
        self._now = now
        self._known: dict[Name, Name] = {}
        self._looked = float("-inf")

    def refuse(self, sql: str, database: str) -> None:
        """Raise EngineError where a query reads such an entry, itself or through a view."""
        known = self._stale(at_once=_SUFFIX in sql.lower())
        for name in _names(sql, database) if known else ():
            if name in known:
                raise _refusal(name, known[name])

    def _stale(self, *, at_once: bool) -> dict[Name, Name]:
        """Each entry with the table for whose sake it is refused."""
        if at_once or self._now() - self._looked > VIEWS_S:
            try:
                self._known = _look(self._catalog)
            except ApiError:  # without Glue the engine answers nothing, and says so better
                return {}
            self._looked = self._now()
        return self._known


def _look(catalog: Catalog) -> dict[Name, Name]:
    tables = [
        (database["Name"], table)
        for database in catalog.databases()
        for table in catalog.tables(database["Name"])
    ]
    found: dict[Name, Name] = {}
    for database, table in tables:
        if table.get("StorageDescriptor", {}).get("InputFormat") == REALTIME:
            found[database, table["Name"]] = (database, table["Name"])
    views = {(d, t["Name"]): set(_read_by(t, d)) for d, t in tables if is_view(t)} if found else {}
    before = -1
    while len(found) > before:  # views of views
        before = len(found)
        for view, read in views.items():
            for entry in read & found.keys():
                found.setdefault(view, found[entry])
    return found


def _read_by(view: Json, database: str) -> Iterator[Name]:
    text = VIEW.match(view.get("ViewOriginalText") or "")
    try:
        definition: dict[str, Any] = json.loads(base64.b64decode(text[1])) if text else {}
    except (binascii.Error, ValueError):
        return
    yield from _names(definition.get("originalSql", ""), definition.get("schema") or database)


def _names(sql: str, database: str) -> Iterator[Name]:
    """Whatever may be the name of a table in a text; aliases and columns are there, too."""
    for path in statements.paths(_LITERALS.sub(" ", sql)):
        yield (path[-2] if len(path) > 1 else database, path[-1])


def _refusal(name: Name, table: Name) -> EngineError:
    of, entry = ".".join(name), ".".join(table)
    through = "" if name == table else f" (through {of})"
    base = entry.removesuffix(_SUFFIX)
    return EngineError(
        "NOT_SUPPORTED",
        f"{entry}{through} is the newest state of a MERGE_ON_READ table, which only Athena on AWS "
        "merges from its log files: the local engine reads base files, so its rows would be old. "
        f"Query {base}_ro for the state of the last compaction, or declare the table "
        "COPY_ON_WRITE (docs/sql.md)",
    )
