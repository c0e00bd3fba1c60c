"""MySQL's column types as its information_schema writes them, and what they are in the lake.

The same as docs/types.md says and the streaming job derives from the messages; a test on the real
servers holds both together (tests/stack/test_types.py).
"""

from __future__ import annotations

import re

from headwater.errors import DeclarationError
from headwater_cdc.types import MAX_PRECISION

_LAKE = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "year"), "int"),
    **dict.fromkeys(("bigint", "time"), "bigint"),
    **dict.fromkeys(("datetime", "timestamp"), "timestamp"),
    **{name: name for name in ("float", "double", "date")},
    **dict.fromkeys(("char", "varchar", "enum", "set", "json"), "string"),
    **dict.fromkeys(("tinytext", "text", "mediumtext", "longtext"), "string"),
    **dict.fromkeys(("binary", "varbinary"), "binary"),
    **dict.fromkeys(("tinyblob", "blob", "mediumblob", "longblob"), "binary"),
    **dict.fromkeys(("geometry", "point", "linestring", "polygon"), "binary"),
    **dict.fromkeys(("multipoint", "multilinestring", "multipolygon", "geomcollection"), "binary"),
}
_UNSIGNED = {"int": "bigint", "bigint": "decimal(20,0)"}


def lake_type(column_type: str) -> str:
    """The lake's type of a MySQL type, such as `int unsigned` or `decimal(10,2)`."""
    base = re.split(r"[ (]", column_type, maxsplit=1)[0]
    if base == "decimal":
        return _decimal(column_type)
    if base == "bit":
        return "boolean" if column_type == "bit(1)" else "binary"
    if base not in _LAKE:
        raise DeclarationError(
            f"the lake has no type for MySQL's {column_type}",
            remedy="docs/types.md shows those that it has",
        )
    if " unsigned" in column_type and base in _UNSIGNED:
        return _UNSIGNED[base]
    return _LAKE[base]


def _decimal(column_type: str) -> str:
    found = re.match(r"decimal\((\d+),(\d+)\)", column_type)
    precision, scale = map(int, found.groups()) if found else (10, 0)
    return f"decimal({precision},{scale})" if precision <= MAX_PRECISION else "string"
