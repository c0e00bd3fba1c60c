"""Column types and value texts are Athena's."""

from __future__ import annotations

from typing import Any

import pytest

from headwater.lake.athena.values import Column, text_of


def plain(raw: str, *numbers: int) -> dict[str, Any]:
    return {"rawType": raw, "arguments": [{"kind": "LONG", "value": n} for n in numbers]}


def nested(raw: str, *inner: dict[str, Any]) -> dict[str, Any]:
    return {"rawType": raw, "arguments": [{"kind": "TYPE", "value": i} for i in inner]}


def row(*fields: tuple[str | None, dict[str, Any]]) -> dict[str, Any]:
    arguments = [
        {
            "kind": "NAMED_TYPE",
            "value": {"fieldName": {"name": name} if name else None, "typeSignature": inner},
        }
        for name, inner in fields
    ]
    return {"rawType": "row", "arguments": arguments}


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        (plain("varchar", 2147483647), ("varchar", 2147483647, 0)),
        (plain("varchar", 10), ("varchar", 10, 0)),
        (plain("char", 5), ("char", 5, 0)),
        (plain("integer"), ("integer", 10, 0)),
        (plain("bigint"), ("bigint", 19, 0)),
        (plain("tinyint"), ("tinyint", 3, 0)),
        (plain("real"), ("float", 17, 0)),
        (plain("double"), ("double", 17, 0)),
        (plain("decimal", 20, 0), ("decimal", 20, 0)),
        (plain("boolean"), ("boolean", 0, 0)),
        (plain("date"), ("date", 0, 0)),
        (plain("timestamp", 9), ("timestamp", 3, 0)),
        (plain("timestamp", 6), ("timestamp", 6, 0)),
        (plain("timestamp with time zone", 3), ("timestamp with time zone", 3, 0)),
        (plain("varbinary"), ("varbinary", 1073741824, 0)),
        (nested("array", plain("integer")), ("array", 0, 0)),
    ],
)
def test_types(signature: dict[str, Any], expected: tuple[str, int, int]) -> None:
    info = Column("c", "", signature).as_json()
    assert (info["Type"], info["Precision"], info["Scale"]) == expected
    assert info["CaseSensitive"] == (expected[0] in {"varchar", "char"})


@pytest.mark.parametrize(
    ("signature", "value", "text"),
    [
        (plain("bigint"), 2**63 - 1, "9223372036854775807"),
        (plain("double"), "1.0E10", "1.0E10"),
        (plain("decimal", 38, 10), "1.0000000000", "1.0000000000"),
        (plain("boolean"), False, "false"),
        (plain("varbinary"), "AP9hYg==", "00 ff 61 62"),
        (plain("varbinary"), "", ""),
        (plain("timestamp", 9), "2026-11-22 10:00:00.123456000", "2026-11-22 10:00:00.123"),
        (plain("timestamp", 0), "2026-11-22 10:00:00", "2026-11-22 10:00:00.000"),
        (plain("timestamp", 6), "2026-11-22 10:00:00.123456", "2026-11-22 10:00:00.123456"),
        (
            plain("timestamp with time zone", 3),
            "2026-11-22 10:00:00.123 Europe/Zurich",
            "2026-11-22 10:00:00.123 Europe/Zurich",
        ),
        (plain("time", 0), "10:00:00", "10:00:00.000"),
        (plain("time with time zone", 0), "10:00:00+01:00", "10:00:00.000+01:00"),
        (nested("array", plain("integer")), [1, None, 3], "[1, null, 3]"),
        (nested("map", plain("varchar"), plain("double")), {"a": "1.5"}, "{a=1.5}"),
        (row(("a", plain("integer")), (None, plain("varchar"))), [1, "x"], "{a=1, field1=x}"),
        (nested("array", nested("array", plain("integer"))), [[1], []], "[[1], []]"),
        (plain("unknown"), None, None),
        (plain("varchar", 5), "", ""),
    ],
)
def test_texts(signature: dict[str, Any], value: object, text: str | None) -> None:
    assert text_of(signature)(value) == text
