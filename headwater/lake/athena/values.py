"""Column types and value texts as Athena shows them, from Trino's.

Trino's JSON gives decimals, dates and times as text; numbers are parsed as text too, so that no
digit is lost on the way (see engine).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headwater.lake.athena.protocol import Json

Text = Callable[[Any], str | None]

MAX_VARCHAR = 2147483647
_PRECISION = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "float": 17,
    "double": 17,
    "varbinary": 1073741824,
    "unknown": 0,
}
_MOMENT = re.compile(r"(.*?\d\d:\d\d:\d\d)(?:\.(\d+))?(.*)")
_MILLIS = 3
# Trino reads Hudi's timestamps as nanoseconds, Athena as milliseconds.
_LAKE_FRACTION = 9


@dataclass(frozen=True)
class Column:
    """A result column; `signature` is Trino's structured type."""

    name: str
    type: str
    signature: Json = field(default_factory=dict)

    @classmethod
    def text(cls, name: str) -> Column:
        """A column of a SHOW or DESCRIBE statement."""
        return cls(name, "string", {"rawType": "string"})

    def as_json(self) -> Json:
        """Athena's ColumnInfo."""
        kind, precision, scale = _athena_type(self.signature)
        return {
            "CatalogName": "hive",
            "SchemaName": "",
            "TableName": "",
            "Name": self.name,
            "Label": self.name,
            "Type": kind,
            "Precision": precision,
            "Scale": scale,
            "Nullable": "UNKNOWN",
            "CaseSensitive": kind in {"varchar", "char"},
        }


def _athena_type(signature: Json) -> tuple[str, int, int]:
    raw = str(signature["rawType"])
    numbers = [a["value"] for a in signature.get("arguments", ()) if a.get("kind") == "LONG"]
    kind = "float" if raw == "real" else raw
    if raw == "decimal":
        return kind, numbers[0], numbers[1]
    if raw == "varchar":
        return kind, numbers[0] if numbers else MAX_VARCHAR, 0
    if raw == "char":
        return kind, numbers[0], 0
    if raw.startswith("time"):
        return kind, _shown_fraction(numbers), 0
    return kind, _PRECISION.get(kind, 0), 0


def _shown_fraction(numbers: list[int]) -> int:
    digits = numbers[0] if numbers else _MILLIS
    return _MILLIS if digits in {0, _LAKE_FRACTION} else int(digits)


def text_of(signature: Json) -> Text:
    """The function that turns a value of this type into Athena's text of it."""
    raw = signature["rawType"]
    inner = [text_of(a["value"]) for a in signature.get("arguments", ()) if a["kind"] == "TYPE"]
    if raw == "array":
        return _nullable(lambda value: f"[{', '.join(_or_null(inner[0](x)) for x in value)}]")
    if raw == "map":
        return _nullable(lambda value: _braces((k, inner[1](v)) for k, v in value.items()))
    if raw == "row":
        fields = _fields(signature)
        return _nullable(
            lambda value: _braces(
                (name, text(x)) for (name, text), x in zip(fields, value, strict=True)
            )
        )
    if raw.startswith("time"):
        return _nullable(_time_text(signature))
    return _nullable({"boolean": _boolean, "varbinary": _hex}.get(raw, str))


def _nullable(text: Callable[[Any], str]) -> Text:
    return lambda value: None if value is None else text(value)


def _or_null(text: str | None) -> str:
    return "null" if text is None else text


def _braces(pairs: Iterable[tuple[str, str | None]]) -> str:
    return "{" + ", ".join(f"{name}={_or_null(text)}" for name, text in pairs) + "}"


def _fields(signature: Json) -> list[tuple[str, Text]]:
    found = []
    for position, argument in enumerate(signature.get("arguments", ())):
        named = argument["value"]
        name = (named.get("fieldName") or {}).get("name") or f"field{position}"
        found.append((name, text_of(named["typeSignature"])))
    return found


def _boolean(value: object) -> str:
    return "true" if value else "false"


def _hex(value: str) -> str:
    return base64.b64decode(value).hex(" ")


def _time_text(signature: Json) -> Callable[[str], str]:
    numbers = [a["value"] for a in signature.get("arguments", ()) if a.get("kind") == "LONG"]
    digits = _shown_fraction(numbers)

    def text(value: str) -> str:
        found = _MOMENT.fullmatch(value)
        if found is None:
            return value
        moment, fraction, zone = found.groups(default="")
        return f"{moment}.{fraction[:digits].ljust(digits, '0')}{zone}"

    return text
