"""The SQL types a column can have, as MySQL writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "integer", "decimal", "float", "boolean", "string", "text", "binary", "date", "moment", "json"
]

INTEGER_BITS = {"TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "INT": 32, "BIGINT": 64}
TEXT_BYTES = {"TEXT": 65_535, "MEDIUMTEXT": 16_777_215}
# The widest VARCHAR that fits MySQL's 65,535-byte row with 4 bytes a character.
_LENGTHS = {"CHAR": 255, "VARCHAR": 16_383, "BINARY": 255, "VARBINARY": 65_532}
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(INTEGER_BITS, "integer"),
    **dict.fromkeys(TEXT_BYTES, "text"),
    "DECIMAL": "decimal",
    "FLOAT": "float",
    "DOUBLE": "float",
    "BOOLEAN": "boolean",
    "CHAR": "string",
    "VARCHAR": "string",
    "BINARY": "binary",
    "VARBINARY": "binary",
    "DATE": "date",
    "DATETIME": "moment",
    "TIMESTAMP": "moment",
    "JSON": "json",
}
_SHAPE = re.compile(r"([A-Z]+)(?:\((\d{1,5})(?:, ?(\d{1,5}))?\))?( UNSIGNED)?")
_MAX_PRECISION, _MAX_SCALE, _MAX_FRACTION = 65, 30, 6

VALID = (
    "TINYINT, SMALLINT, MEDIUMINT, INT, BIGINT (each also UNSIGNED), DECIMAL(p,s), FLOAT, DOUBLE, "
    "BOOLEAN, CHAR(n), VARCHAR(n), TEXT, MEDIUMTEXT, BINARY(n), VARBINARY(n), DATE, DATETIME(f), "
    "TIMESTAMP(f), JSON"
)


@dataclass(frozen=True)
class SqlType:
    """One SQL type.

    `size` is the length in characters or bytes, the precision of a DECIMAL or the number of
    fractional digits of a DATETIME or TIMESTAMP; 0 where the type has none.
    """

    name: str
    size: int = 0
    scale: int = 0
    unsigned: bool = False

    @classmethod
    def parse(cls, text: str) -> SqlType:
        """Read a type; raises ValueError that says what is valid."""
        shape = _SHAPE.fullmatch(text.strip().upper())
        if shape is None or shape[1] not in _KINDS:
            raise ValueError(f"unknown SQL type {text!r}; valid are {VALID}")
        name, size, scale = shape[1], shape[2], shape[3]
        found = cls(name, int(size or 0), int(scale or 0), unsigned=shape[4] is not None)
        wrong = found._wrong(sized=size is not None, scaled=scale is not None)
        if wrong:
            raise ValueError(f"SQL type {text!r}: {wrong}")
        return found

    @property
    def kind(self) -> Kind:
        """The family of types that one cast serves."""
        return _KINDS[self.name]

    def _wrong(self, *, sized: bool, scaled: bool) -> str:
        if self.unsigned and self.kind != "integer":
            return "only whole numbers can be UNSIGNED"
        if self.name == "DECIMAL":
            fits = 1 <= self.size <= _MAX_PRECISION and self.scale <= min(self.size, _MAX_SCALE)
            return "" if sized and fits else "DECIMAL needs (p,s), p 1 to 65, s 0 to 30 and to p"
        if scaled:
            return f"{self.name} takes one number at most"
        if self.name in _LENGTHS:
            most = _LENGTHS[self.name]
            return "" if 1 <= self.size <= most else f"{self.name} needs a length from 1 to {most}"
        if self.kind == "moment":
            return "" if self.size <= _MAX_FRACTION else "the fraction has 0 to 6 digits"
        return f"{self.name} takes no length" if sized else ""

    def __str__(self) -> str:
        if self.name == "DECIMAL":
            return f"DECIMAL({self.size},{self.scale})"
        length = f"({self.size})" if self.size else ""
        return f"{self.name}{length}{' UNSIGNED' if self.unsigned else ''}"
