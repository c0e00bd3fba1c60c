"""Every MySQL type with its edges: the rows of docs/types.md, and what the tests write and expect.

What is expected is written by hand or computed here, without any of the pipeline's code. Values are
compared as texts, as Athena SQL gives them by `Row.shown`.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

Value = tuple[str, str | None]  # a literal of MySQL, and the text in the lake
ZERO_DATE = ("'0000-00-00'", None)


@dataclass(frozen=True)
class Row:
    """One row of docs/types.md: its words, and columns of that type with their values.

    `snapshot` replaces expected texts of rows that a snapshot read, where that is documented.
    """

    mysql: str
    topic: str
    lake: str
    exact: str
    columns: tuple[tuple[str, tuple[Value, ...]], ...]
    shown: str = "CAST({c} AS varchar)"
    snapshot: tuple[tuple[str, str], ...] = ()

    def rendered(self) -> str:
        """The line of the table."""
        return f"| {self.mysql} | {self.topic} | {self.lake} | {self.exact} |"


HEX = "to_hex({c})"
JSON_TEXT = "json_format(json_parse({c}))"
DAY, MOMENT = "CAST({c} AS varchar)", "CAST(CAST({c} AS timestamp(6)) AS varchar)"


def same(*texts: str) -> tuple[Value, ...]:
    """Numbers and the like, which Athena shows as MySQL's literal says."""
    return tuple((text, text) for text in texts)


def quoted(*texts: str) -> tuple[Value, ...]:
    """Texts."""
    return tuple((f"'{text}'", text) for text in texts)


def raw(*digits: str) -> tuple[Value, ...]:
    """Bytes, in hexadecimal digits."""
    return tuple((f"X'{text}'", text) for text in digits)


def moments(*texts: str) -> tuple[Value, ...]:
    """Clock readings, which Athena shows with six digits of a second."""
    return tuple(
        (f"'{text}'", f"{text}{'' if '.' in text else '.'}".ljust(26, "0")) for text in texts
    )


def point(x: float, y: float) -> str:
    """WKB of a point."""
    return struct.pack("<BIdd", 1, 1, x, y).hex().upper()


def line(*points: tuple[float, float]) -> str:
    """WKB of a line."""
    flat = [coordinate for pair in points for coordinate in pair]
    return struct.pack(f"<BII{len(flat)}d", 1, 2, len(points), *flat).hex().upper()


def collection(*parts: str) -> str:
    """WKB of a collection."""
    return struct.pack("<BII", 1, 7, len(parts)).hex().upper() + "".join(parts)


NINES = "9" * 28 + "." + "9" * 10
LONG = "12345678901234567890123456789012345.123456789012345678901234567890"
MICROS_MOST = str(((838 * 60 + 59) * 60 + 59) * 10**6)

ROWS = (
    Row(
        "TINYINT, SMALLINT, MEDIUMINT, INT, also TINYINT(1) and BOOLEAN",
        "int",
        "int",
        "exact",
        (
            ("TINYINT", same("-128", "127")),
            ("SMALLINT", same("-32768", "32767")),
            ("MEDIUMINT", same("-8388608", "8388607")),
            ("INT", same("-2147483648", "2147483647")),
            ("TINYINT(1)", same("5", "-1")),
            ("BOOLEAN", same("5", "0")),
        ),
    ),
    Row(
        "TINYINT, SMALLINT and MEDIUMINT UNSIGNED",
        "int",
        "int",
        "exact",
        (
            ("TINYINT UNSIGNED", same("0", "255")),
            ("SMALLINT UNSIGNED", same("0", "65535")),
            ("MEDIUMINT UNSIGNED", same("0", "16777215")),
        ),
    ),
    Row(
        "INT UNSIGNED, BIGINT",
        "long",
        "bigint",
        "exact",
        (
            ("INT UNSIGNED", same("0", "4294967295")),
            ("BIGINT", same("-9223372036854775808", "9223372036854775807", "9007199254740993")),
        ),
    ),
    Row(
        "BIGINT UNSIGNED",
        "decimal(20,0)",
        "decimal(20,0)",
        "exact",
        (("BIGINT UNSIGNED", same("0", "18446744073709551615")),),
    ),
    Row(
        "DECIMAL(p,s), p ≤ 38 (here 38,10)",
        "decimal(p,s)",
        "decimal(38,10)",
        "exact",
        (("DECIMAL(38,10)", same(NINES, f"-{NINES}", "0.0000000001")),),
    ),
    Row(
        "DECIMAL(p,s), p > 38",
        "string",
        "string",
        "exact as text, all decimals: `-0.10`; no type of the lake has so many digits",
        (
            ("DECIMAL(65,30)", same(LONG, f"-{LONG}")),
            ("DECIMAL(40,0)", same("9" * 40, "-1")),
            ("DECIMAL(65,2) NOT NULL", same("-0.10", "9" * 63 + ".99")),
        ),
    ),
    Row(
        "FLOAT",
        "float",
        "float",
        "exact from the stream; a snapshot reads six digits, for MySQL prints no more",
        (
            (
                "FLOAT",
                (
                    ("1.5", "1.5E0"),
                    ("3.4028234e38", "3.4028234663852886E38"),
                    ("16777215", "1.6777215E7"),
                ),
            ),
        ),
        "CAST(CAST({c} AS double) AS varchar)",
        snapshot=(("3.4028234663852886E38", "3.402820018375656E38"), ("1.6777215E7", "1.67772E7")),
    ),
    Row(
        "DOUBLE",
        "double",
        "double",
        "exact",
        (
            (
                "DOUBLE",
                (
                    ("1.7976931348623157e308", "1.7976931348623157E308"),
                    ("-2.2250738585072014e-308", "-2.2250738585072014E-308"),
                    ("0.1", "1.0E-1"),
                ),
            ),
        ),
    ),
    Row(
        "BIT(1)",
        "boolean",
        "boolean",
        "exact",
        (("BIT(1)", (("b'1'", "true"), ("b'0'", "false"))),),
    ),
    Row(
        "BIT(n)",
        "bytes",
        "binary",
        "exact, little endian, as many bytes as n bits take",
        (
            ("BIT(20)", (("b'10000000000000000001'", "010008"), ("b'0'", "000000"))),
            ("BIT(64)", (("18446744073709551615", "FF" * 8), ("1", "01" + "00" * 7))),
        ),
        HEX,
    ),
    Row(
        "CHAR, VARCHAR, TINYTEXT … LONGTEXT, any character set",
        "string",
        "string",
        "exact; CHAR without the spaces at its end, as MySQL gives it",
        (
            ("CHAR(6)", (("'abc  '", "abc"), ("''", ""), ("'😀é'", "😀é"))),
            ("VARCHAR(20)", quoted("x  ", "", "😀é", "NULL")),
            ("TEXT", quoted("line 1\nline 2\ttab", "ÄЖ汉")),
            ("MEDIUMTEXT", (("REPEAT('ü', 100000)", "ü" * 100000),)),
            ("VARCHAR(20) CHARACTER SET latin1", quoted("é€ÿ", "")),
            ("VARCHAR(20) CHARACTER SET gbk", quoted("汉字", "a")),
            ("VARCHAR(20) CHARACTER SET utf8mb3", quoted("Ж", "a")),
        ),
    ),
    Row(
        "BINARY, VARBINARY, TINYBLOB … LONGBLOB",
        "bytes",
        "binary",
        "exact; BINARY(n) with all its n bytes",
        (
            ("BINARY(4)", (("X'00FF'", "00FF0000"), ("X'FF000000'", "FF000000"))),
            ("VARBINARY(8)", raw("00FF00", "", "20")),
            ("BLOB", raw("DEADBEEF00", "")),
        ),
        HEX,
    ),
    Row(
        "DATE",
        "int, days",
        "date",
        "exact",
        (("DATE", tuple((f"'{d}'", d) for d in ("1000-01-01", "9999-12-31", "1582-10-10"))),),
        DAY,
    ),
    Row(
        "TIME(n)",
        "long, microseconds",
        "bigint",
        "exact, as signed microseconds: no type of the lake goes to ±838 hours",
        (
            ("TIME", (("'-838:59:59'", f"-{MICROS_MOST}"), ("'838:59:59'", MICROS_MOST))),
            (
                "TIME(6)",
                (("'-00:00:00.000001'", "-1"), ("'23:59:59.999999'", str(86400 * 10**6 - 1))),
            ),
        ),
    ),
    Row(
        "DATETIME(n)",
        "long, milliseconds (n ≤ 3) or microseconds",
        "timestamp",
        "exact: the clock's reading, never shifted; AWS's Athena shows three digits of a second",
        (
            ("DATETIME", moments("1000-01-01 00:00:00", "2026-03-29 02:30:00")),
            ("DATETIME(3)", moments("9999-12-31 23:59:59.999", "1969-12-31 23:59:59.001")),
            ("DATETIME(6)", moments("2026-10-25 02:30:00.123456", "9999-12-31 23:59:59.999999")),
        ),
        MOMENT,
    ),
    Row(
        "TIMESTAMP(n)",
        "string, ISO 8601 in UTC",
        "timestamp",
        "exact: the instant, in UTC whatever the session's time zone",
        (
            (
                "TIMESTAMP NULL",
                (
                    ("'1970-01-01 00:00:01'", "1970-01-01 00:00:01.000000"),
                    ("'2038-01-19 03:14:07'", "2038-01-19 03:14:07.000000"),
                    ("'2026-10-25 02:30:00+02:00'", "2026-10-25 00:30:00.000000"),
                    ("'2026-10-25 02:30:00+01:00'", "2026-10-25 01:30:00.000000"),
                ),
            ),
            (
                "TIMESTAMP(6) NULL",
                moments("2038-01-19 03:14:07.999999", "2026-03-29 01:00:00.000001"),
            ),
        ),
        MOMENT,
    ),
    Row(
        "zero dates (`0000-00-00`, `2026-00-10`, year 0), also NOT NULL",
        "null",
        "as the type",
        "NULL",
        (
            ("DATE NOT NULL", (ZERO_DATE, ("'2026-00-10'", None), ("'2026-01-01'", "2026-01-01"))),
            ("DATE", (ZERO_DATE, ("'2026-10-00'", None))),
            ("DATETIME NOT NULL", (ZERO_DATE, ("'2026-10-00 10:00:00'", None))),
            ("DATETIME(6) NOT NULL DEFAULT '0000-00-00'", (ZERO_DATE,)),
            ("TIMESTAMP NOT NULL DEFAULT '0000-00-00'", (ZERO_DATE,)),
            ("TIMESTAMP(6) NOT NULL", (ZERO_DATE,)),
        ),
    ),
    Row(
        "YEAR",
        "int",
        "int",
        "exact; `0000` is 0",
        (
            ("YEAR", (("1901", "1901"), ("2155", "2155"), ("'0000'", "0"))),
            ("YEAR NOT NULL", same("2000")),
        ),
    ),
    Row(
        "ENUM",
        "string",
        "string",
        "exact; the value that is none of the options is an empty text; an option with a backslash "
        "before a comma loses it",
        (
            (
                "ENUM('a','b,c','ü','it''s')",
                (("'b,c'", "b,c"), ("'ü'", "ü"), ("'it''s'", "it's"), ("0", "")),
            ),
        ),
    ),
    Row(
        "SET",
        "string",
        "string",
        "exact, in the order of the declaration",
        (("SET('x','y','z')", (("'z,x'", "x,z"), ("''", ""))),),
    ),
    Row(
        "JSON",
        "string",
        "string",
        "the same document; its blanks and how numbers are written may differ from MySQL's",
        (
            (
                "JSON",
                (
                    ("""'{"b": 1, "a": [1.5, null, "ü"]}'""", '{"a":[1.5,null,"ü"],"b":1}'),
                    ("'[]'", "[]"),
                    ("""'"text"'""", '"text"'),
                ),
            ),
        ),
        JSON_TEXT,
    ),
    Row(
        "POINT, GEOMETRY and its other kinds",
        "record of wkb and srid",
        "binary",
        "exact, as WKB, longitude before latitude; its SRID is the next column, `<name>_srid` int",
        (
            (
                "POINT",
                (
                    ("ST_GeomFromText('POINT(1 2)')", point(1, 2)),
                    ("ST_GeomFromText('POINT(47 8.5)', 4326)", point(8.5, 47)),
                ),
            ),
            (
                "GEOMETRY",
                (
                    ("ST_GeomFromText('LINESTRING(0 0, 1 -1.5)')", line((0, 0), (1, -1.5))),
                    ("ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))')", collection(point(1, 2))),
                ),
            ),
            ("LINESTRING", (("ST_GeomFromText('LINESTRING(3 4, 5 6)')", line((3, 4), (5, 6))),)),
        ),
        HEX,
    ),
    Row(
        "columns with a default",
        "the value; null is null",
        "as the type",
        "exact: a NULL that was written is no default",
        (
            ("INT DEFAULT 5", (("DEFAULT", "5"), ("NULL", None), ("6", "6"))),
            ("VARCHAR(9) NOT NULL DEFAULT 'dflt'", (("DEFAULT", "dflt"), ("''", ""))),
            ("DECIMAL(6,2) NOT NULL DEFAULT 1.50", (("DEFAULT", "1.50"),)),
        ),
    ),
    Row(
        "invisible columns",
        "as the type",
        "as the type",
        "exact, and visible",
        (("INT NOT NULL INVISIBLE", same("7", "-8")), ("VARCHAR(9) INVISIBLE", quoted("x", ""))),
    ),
    Row(
        "generated columns",
        "as the type",
        "as the type",
        "exact, STORED and VIRTUAL",
        (
            ("INT GENERATED ALWAYS AS (id * 2) STORED", (("DEFAULT", "id*2"),)),
            ("INT GENERATED ALWAYS AS (id * 3) VIRTUAL", (("DEFAULT", "id*3"),)),
        ),
    ),
)
