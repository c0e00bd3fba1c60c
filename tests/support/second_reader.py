"""The lake's tables as hudi-rs reads them: Rust, from the files alone, without Glue or a JVM.

Rows come as texts, one per column, so that they can be compared with what Athena SQL gives for
`sql_text`. Columns are called as in Glue, in lower case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from headwater.lake.athena.merged import open_table
from headwater.lake.sql import identifier
from headwater_cdc.names import DELETED, HUDI_COLUMNS, RECORD_KEY

if TYPE_CHECKING:
    from headwater.connections import Aws

# A value that Athena would send as megabytes of hexadecimal digits is compared by its hash.
_SQL = {
    "string": "{c}",
    "binary": "to_hex(sha256({c}))",
    "float": "CAST(CAST({c} AS double) AS varchar)",
    "timestamp": "CAST(CAST({c} AS timestamp(6)) AS varchar)",
}

Texts = tuple[str | None, ...]


@dataclass(frozen=True)
class Snapshot:
    """A table at one moment: `type` as Hudi calls it, columns, and rows by record key."""

    type: str
    columns: tuple[str, ...]
    rows: dict[str, tuple[object, ...]]

    def texts(self) -> dict[str, Texts]:
        """The rows as texts."""
        return {key: tuple(map(text, row)) for key, row in self.rows.items()}


def read(aws: Aws, table: str, *, base_files_only: bool = False) -> Snapshot:
    """A table of the warehouse (`database/table`), or of MERGE_ON_READ its base files alone."""
    from hudi import HudiReadOptions

    opened = open_table(aws, f"{aws.warehouse}/{quote(table)}")
    options = HudiReadOptions(
        hudi_options={"hoodie.read.use.read_optimized.mode": str(base_files_only).lower()}
    )
    rows: dict[str, tuple[object, ...]] = {}
    columns: tuple[str, ...] = ()
    for batch in opened.read(options):
        kept = [n for n in batch.schema.names if n not in (*HUDI_COLUMNS, DELETED)]
        columns = tuple(name.lower() for name in kept)
        values = zip(*(batch.column(name).to_pylist() for name in kept), strict=True)
        keys = batch.column(RECORD_KEY).to_pylist()
        found = dict(zip(keys, values, strict=True))
        assert len(found) == len(keys), f"{table}: a key twice in one file group"
        assert not rows.keys() & found.keys(), f"{table}: a key in two file groups"
        rows |= found
    return Snapshot(opened.table_type, columns, rows)


def text(value: object) -> str | None:
    """A value as Athena SQL gives it through `sql_text`."""
    if value is None or isinstance(value, str):
        return value
    return next(how(value) for kind, how in _TEXTS if isinstance(value, kind))


# The first that fits: a bool is an int, a datetime a date.
_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: str(value).lower()),
    (int, str),
    (float, repr),
    (Decimal, "{:f}".format),
    (bytes, lambda value: sha256(value).hexdigest().upper()),
    (datetime, lambda value: value.replace(tzinfo=None).isoformat(" ", "microseconds")),
    (date, date.isoformat),
)


def sql_text(column: str, lake_type: str) -> str:
    """Athena's expression of a column's text; the text of a number goes through `number`, too."""
    return _SQL.get(lake_type, "CAST({c} AS varchar)").replace("{c}", identifier(column))


def number(digits: str | None) -> str | None:
    """A floating-point number as Python writes it, however the other side did."""
    return None if digits is None else repr(float(digits))
