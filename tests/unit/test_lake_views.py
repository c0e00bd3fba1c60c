"""Views as files: what their head declares, and the entry that Athena reads."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from headwater.errors import DeclarationError
from headwater.lake import views

ROOT = Path(__file__).resolve().parents[2]
TEXT = """-- What a row is: two lines
-- of it.
-- icao24 varchar: address
-- seen timestamp(3): when, UTC
SELECT icao24, seen FROM t;
"""


def test_a_view_is_its_head_and_its_select() -> None:
    view = views.parse("v", TEXT, Path("v.sql"))
    assert view.meaning == "What a row is: two lines of it."
    assert [(c.name, c.type, c.comment) for c in view.columns] == [
        ("icao24", "varchar", "address"),
        ("seen", "timestamp(3)", "when, UTC"),
    ]
    assert view.sql == "SELECT icao24, seen FROM t"


def test_the_entry_carries_the_sql_and_the_types() -> None:
    entry = views.parse("v", TEXT, Path("v.sql")).entry("final")
    encoded = entry["ViewOriginalText"].removeprefix("/* Presto View: ").removesuffix(" */")
    definition = json.loads(base64.b64decode(encoded))
    assert definition["schema"] == "final"
    assert definition["originalSql"] == "SELECT icao24, seen FROM t"
    assert definition["columns"][1] == {"name": "seen", "type": "timestamp(3)"}
    columns = entry["StorageDescriptor"]["Columns"]
    assert columns[0] == {"Name": "icao24", "Type": "string", "Comment": "address"}
    assert columns[1]["Type"] == "timestamp"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "-- meaning\nSELECT 1",
        "-- meaning\n-- a varchar: x\n",
        "-- meaning\n-- a varchar: x\n-- B bad\nSELECT 1",
        "-- a varchar: x\nSELECT 1",
    ],
)
def test_a_head_that_declares_no_view_is_refused_with_the_file(text: str) -> None:
    with pytest.raises(DeclarationError, match=r"v\.sql"):
        views.parse("v", text, Path("v.sql"))


def test_every_view_of_the_project_is_declared() -> None:
    found = views.load(ROOT / "sql" / "athena")
    assert {view.name for view in found} >= {"flights_now", "flights_map", "pipeline_history"}
