"""One text per value, the same from MySQL and from the lake.

Each kind of column has two SQL expressions, MySQL's and Athena's, that give the same text for the
same value and different texts for different values; and ways back from a text to a value. NULL
stays NULL, so that it is not an empty text. What differs between the engines and does not matter
(a double's notation, the spaces of a JSON text) is taken out here, and only here.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from zlib import crc32

from headwater.lake.sql import literal
from headwater.mysql import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

# Fractional digits of a timestamp: what MySQL stores at most, and what AWS's Athena shows.
MICROS, MILLIS = 6, 3


def _plain(text: str) -> str:
    return text


@dataclass(frozen=True)
class Kind:
    """How values of a type are compared; `{c}` stands for the quoted column."""

    name: str
    mysql: str
    lake: str
    to_mysql: Callable[[str], object] = str
    lake_literal: Callable[[str], str] = literal
    same: Callable[[str | None, str | None], bool] = lambda one, other: one == other
    shown: Callable[[str], str] = _plain
    note: str = ""
    free: bool = False  # whether its texts may have any character


def _same_json(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return one == other


def _duration(text: str) -> str:
    micros = int(text)
    whole = timedelta(microseconds=abs(micros))
    minutes, seconds = divmod(int(whole.total_seconds()), 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}.{whole.microseconds:06}"
    return f"-{clock}" if micros < 0 else clock


def _number(text: str) -> float:
    """The double that `mantissa`p`exponent` stands for (see DOUBLE)."""
    mantissa, mark, exponent = text.partition("p")
    return math.ldexp(int(mantissa), int(exponent) - 53) if mark else float(text)


def _same_number(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return _number(one) == _number(other)


def _same_float(one: str | None, other: str | None) -> bool:
    """MySQL prints a FLOAT, and so a snapshot reads it, with six digits."""
    if one is None or other is None:
        return one is other
    return f"{_number(one):.5e}" == f"{_number(other):.5e}"


# A double's exact value as integers. The two engines write the digits of doubles differently, but
# dividing by a power of two is exact in both. The small summand keeps the powers of two themselves,
# which are frequent, away from the edge where the logarithms of two libraries may differ.
_POWER = "LEAST(FLOOR(LOG2(ABS({c})) + 1e-9), 1023)"
_SCALED = f"{{c}} / POW(2, {_POWER}) * 9007199254740992e0"
# A date with a zero in it is NULL in the lake, and here.
_HAS_ZERO = "YEAR({c}) = 0 OR MONTH({c}) = 0 OR DAY({c}) = 0"

INTEGER = Kind("integer", "CAST({c} + 0 AS CHAR)", "CAST({c} AS varchar)", int)
DECIMAL = Kind("decimal", "CAST({c} + 0 AS CHAR)", "CAST({c} AS varchar)")
DOUBLE = Kind(
    "double",
    f"IF({{c}} = 0, '0', CONCAT(CAST({_SCALED} AS SIGNED), 'p', {_POWER}))",
    f"IF({{c}} = 0, '0', IF(is_finite({{c}}), CAST(CAST({_SCALED} AS bigint) AS varchar) "
    f"|| 'p' || CAST(CAST({_POWER} AS integer) AS varchar), CAST({{c}} AS varchar)))",
    to_mysql=_number,
    same=_same_number,
    shown=lambda text: repr(_number(text)),
)
FLOAT = replace(
    DOUBLE,
    name="float",
    same=_same_float,
    note="to six digits, which is what a snapshot reads of a FLOAT",
)
BOOLEAN = Kind(
    "boolean",
    "CAST({c} + 0 <> 0 AS CHAR)",
    "CASE WHEN {c} THEN '1' WHEN NOT {c} THEN '0' END",
    int,
)
BITS = Kind(
    "bits",
    "HEX({c} + 0)",
    "CASE WHEN ltrim(to_hex(reverse({c})), '0') = '' THEN '0' "
    "ELSE ltrim(to_hex(reverse({c})), '0') END",
    to_mysql=lambda text: int(text, 16),
)
TEXT = Kind("text", "{c}", "{c}", free=True)
JSON = Kind(
    "json",
    "REPLACE(CAST({c} AS CHAR), ' ', '')",
    "replace({c}, ' ', '')",
    same=_same_json,
    note="as JSON: neither spaces nor the notation of a number count",
    free=True,
)
BINARY = Kind("binary", "HEX({c})", "to_hex({c})", bytes.fromhex)
# MySQL keeps a geometry as four bytes of SRID and its WKB, which the lake has in two columns.
GEOMETRY = Kind("geometry", "SUBSTRING(HEX({c}), 9)", "to_hex({c})")
SRID = Kind("srid", "CAST(ST_SRID({c}) AS CHAR)", "CAST({c} AS varchar)")
DATE = Kind(
    "date",
    f"IF({_HAS_ZERO}, NULL, DATE_FORMAT({{c}}, '%Y-%m-%d'))",
    "CAST({c} AS varchar)",
    lake_literal=lambda text: f"DATE '{text}'",
)
TIME = Kind(
    "time",
    "CAST(IF({c} < 0, -1, 1) * (ABS(TIME_TO_SEC({c})) * 1000000 + MICROSECOND({c})) AS CHAR)",
    "CAST({c} AS varchar)",
    _duration,
)


def moment(digits: int) -> Kind:
    """DATETIME and TIMESTAMP, with the fractional digits that the lake's engine shows."""
    exact = digits >= MICROS
    column = "{c}" if exact else f"CAST({{c}} AS DATETIME({digits}))"
    return Kind(
        "timestamp",
        f"IF({_HAS_ZERO}, NULL, DATE_FORMAT({column}, '%Y-%m-%d %H:%i:%s.%f'))",
        "CAST(CAST({c} AS timestamp(6)) AS varchar)",
        lake_literal=lambda text: f"TIMESTAMP '{text}'",
        note="" if exact else f"to {digits} fractional digits of a second, as this engine shows",
    )


_BY_TYPE = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), INTEGER),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), TEXT),
    **dict.fromkeys(("enum", "set"), TEXT),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), BINARY),
    "float": FLOAT,
    "double": DOUBLE,
    **dict.fromkeys(("geometry", "point", "linestring", "polygon"), GEOMETRY),
    **dict.fromkeys(("multipoint", "multilinestring", "multipolygon", "geomcollection"), GEOMETRY),
    "decimal": DECIMAL,
    "date": DATE,
    "time": TIME,
    "json": JSON,
    "bit": BITS,
}


def kind_of(mysql_type: str, lake_type: str, digits: int = MICROS) -> Kind | None:
    """How a MySQL column (DATA_TYPE) is compared with its lake column; None: not at all."""
    if lake_type == "boolean":
        return BOOLEAN
    if mysql_type in {"datetime", "timestamp"}:
        return moment(digits)
    return _BY_TYPE.get(mysql_type)


def mysql_text(kind: Kind, column: str) -> str:
    """MySQL's expression of a column's text; the collation is fixed so that texts can be joined."""
    name = quoted(column)
    if kind is FLOAT:  # as MySQL prints it, and so a snapshot reads it
        name = f"(CAST({name} AS CHAR) + 0e0)"
    elif kind is DOUBLE:
        name = f"({name} + 0e0)"
    return f"CONVERT({kind.mysql.replace('{c}', name)} USING utf8mb4) COLLATE utf8mb4_bin"


def lake_text(kind: Kind, column: str) -> str:
    """Athena's expression of a column's text."""
    quoted = f'"{column}"'
    if kind is FLOAT:
        printed = f"format('%.5e', CAST({quoted} AS double))"  # 'null' for NULL
        quoted = f"CAST(IF({quoted} IS NOT NULL, {printed}) AS double)"
    return kind.lake.replace("{c}", quoted)


# A row's texts as one, from which each can be read back: a comma behind each, a tilde for NULL, and
# its length before a text that may have a comma or a tilde in it. Only these cost a second look.
def _mysql_joined(texts: Mapping[str, Kind]) -> str:
    parts = _parts(texts, "CONCAT(CHAR_LENGTH({n}), ':', {n})")
    return f"CONCAT_WS(',', {', '.join(parts)})"


def _lake_joined(texts: Mapping[str, Kind]) -> str:
    parts = _parts(texts, "CAST(length({n}) AS varchar) || ':' || {n}")
    joined = " || ',' || ".join(parts)
    return f"to_utf8({joined})"


def _parts(texts: Mapping[str, Kind], measured: str) -> Iterator[str]:
    for name, kind in texts.items():
        yield f"COALESCE({measured.replace('{n}', name) if kind.free else name}, '~')"


def mysql_checksum(texts: Mapping[str, Kind]) -> str:
    """A 60-bit number of the texts in these columns, in this order; MySQL's expression."""
    return f"CAST(CONV(LEFT(MD5({_mysql_joined(texts)}), 15), 16, 10) AS UNSIGNED)"


def lake_checksum(texts: Mapping[str, Kind]) -> str:
    """The same number; Athena's expression."""
    return f"bitwise_right_shift(from_big_endian_64(substr(md5({_lake_joined(texts)}), 1, 8)), 4)"


def mysql_place(texts: Mapping[str, Kind]) -> str:
    """A 32-bit number of a key's texts, by which keys are shared out; MySQL's expression."""
    return f"CRC32({_mysql_joined(texts)})"


def lake_place(texts: Mapping[str, Kind]) -> str:
    """The same number; Athena's expression."""
    return f"crc32({_lake_joined(texts)})"


def place_of(texts: Iterable[tuple[str, Kind]]) -> int:
    """The same number, of a key that is here."""
    joined = ",".join(f"{len(text)}:{text}" if kind.free else text for text, kind in texts)
    return crc32(joined.encode())
