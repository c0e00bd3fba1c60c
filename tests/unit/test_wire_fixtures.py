"""The captured messages decode to what MySQL was told, and their schemas are what they claim."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bench.wire_decoder import canonical_form, crc_64_avro, decode, fingerprint_of

FOLDER = Path(__file__).parent / "fixtures" / "wire"
SCHEMAS: dict[str, Any] = json.loads((FOLDER / "schemas.json").read_text())


def _values(scene: str) -> list[dict[str, Any]]:
    messages = json.loads((FOLDER / f"{scene}.json").read_text())["messages"]
    return [decode(bytes.fromhex(message["value_hex"]), SCHEMAS) for message in messages]


@pytest.mark.parametrize("fingerprint", sorted(SCHEMAS))
def test_a_schema_is_kept_under_its_standard_fingerprint(fingerprint: str) -> None:
    canonical = canonical_form(SCHEMAS[fingerprint]).encode()

    assert f"{crc_64_avro(canonical):016x}" == fingerprint


def test_crc_64_avro_is_the_specified_one() -> None:
    # the specification's own example: the fingerprint of "int"
    assert crc_64_avro(b'"int"') == 0x7275D51A3F395C8F


def test_operations_come_in_order() -> None:
    operations = "".join(value["op"] for value in _values("items"))

    # rolled back rows leave nothing; a key change is a delete and an insert
    assert operations == "ccc" + "uuu" + "dc" + "uudc" + "d" + "u" + "c" + "t" + "c" + "r"


def test_a_new_scale_is_a_new_schema() -> None:
    messages = json.loads((FOLDER / "items.json").read_text())["messages"]
    updates = [m for m in messages if m["op"] == "u"]
    before, after = updates[0], updates[-1]

    assert before["value_schema"] != after["value_schema"]
    assert str(_values("items")[3]["after"]["price"]) == "2.10"
    assert str(decode(bytes.fromhex(after["value_hex"]), SCHEMAS)["after"]["price"]) == "1.125"


def test_composite_keys_are_in_the_order_of_the_primary_key() -> None:
    messages = json.loads((FOLDER / "pairs.json").read_text())["messages"]
    key = decode(bytes.fromhex(messages[0]["key_hex"]), SCHEMAS)

    assert list(key.items()) == [("a", Decimal(18446744073709551615)), ("b", "Ä")]


def test_extreme_values_arrive_exactly() -> None:
    row = _values("everything")[0]["after"]

    assert row["c_big_u"] == 18446744073709551615
    assert str(row["c_dec"]) == "-1234567890123456.7891"
    assert str(row["c_dec65"]) == (
        "-12345678901234567890123456789012345.123456789012345678901234567890"
    )
    assert row["n_bool"] == 5
    assert row["c_time"] == -(838 * 3600 + 59 * 60 + 59) * 1_000_000
    assert row["c_time6"] == 24 * 3600 * 1_000_000 - 1
    assert row["c_utf8"] == "\N{GRINNING FACE}é"
    assert (row["c_latin1"], row["c_sjis"], row["c_ucs2"]) == ("é€", "日本", "ÄЖ")
    assert row["c_binary"] == b"\x00\xff\x00\x00"


def test_null_is_null_where_the_column_has_a_default() -> None:
    row = _values("everything")[0]["after"]

    assert row["d_int"] is None
    assert row["d_bin"] is None
    assert _values("everything")[1]["after"]["d_int"] == 5


def test_a_snapshot_row_equals_the_streamed_one() -> None:
    values = _values("everything")
    streamed = {v["after"]["id"]: v["after"] for v in values if v["op"] in "cu"}
    snapshots = {v["after"]["id"]: v["after"] for v in values if v["op"] == "r"}

    assert streamed.keys() == snapshots.keys()
    for key, row in snapshots.items():
        differing = {column for column in row if row[column] != streamed[key][column]}
        assert differing <= {"c_json", "c_enum"}  # docs/wire.md says how


def test_a_message_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="not single-object encoding"):
        fingerprint_of(b'{"op":"c"}')
