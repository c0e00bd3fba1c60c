"""The desired-state document, Glue's entries and Hudi's settings: pure."""

from __future__ import annotations

import json
from typing import Any

import pytest

from headwater_cdc import catalog, config
from headwater_cdc.config import TableConfig
from headwater_cdc.errors import ConfigError
from headwater_cdc.hudi import options

DOCUMENT: dict[str, Any] = {
    "kafka": {"bootstrap.servers": "127.0.0.1:19092"},
    "schemas_topic": "_headwater.schemas",
    "warehouse": "s3://lake/warehouse",
    "glue": {"endpoint": "http://127.0.0.1:15000", "region": "us-east-1"},
    "tables": [{"database": "final", "table": "flights", "topic": "headwater.final.flights"}],
}
COLUMNS = [("icao24", "string"), ("seen", "timestamp"), ("n", "bigint")]


def table(**values: Any) -> TableConfig:
    return TableConfig("final", "Flights", "t", **values)


def test_the_document_of_the_contract() -> None:
    job = config.parse(json.dumps(DOCUMENT), "here")
    assert job.control == "s3://lake/_headwater"
    assert job.path_of(job.tables[0]) == "s3://lake/warehouse/final/flights"
    assert job.tables[0].on_delete == "apply"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tables": None}, "tables is None"),
        ({"kafka": []}, "kafka is"),
        ({"tables": [{"database": "d", "table": "t"}]}, "topic is None"),
        ({"tables": [DOCUMENT["tables"][0] | {"type": "PAPER"}]}, "PAPER"),
        ({"tables": [DOCUMENT["tables"][0] | {"buckets": 0}]}, "buckets is 0"),
        ({"tables": [DOCUMENT["tables"][0] | {"commit_every": "10s"}]}, "commit_every is '10s'"),
        ({"tables": [DOCUMENT["tables"][0] | {"color": "red"}]}, "color"),
        ({"tables": DOCUMENT["tables"] * 2}, "declared twice"),
    ],
)
def test_a_wrong_document_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        config.parse(json.dumps(DOCUMENT | change), "here")


def test_text_that_is_not_json() -> None:
    with pytest.raises(ConfigError, match="not JSON"):
        config.parse("{", "here")


def test_a_copy_on_write_table_is_one_entry() -> None:
    (entry,) = catalog.table_inputs(table(), "s3a://lake/w/final/Flights", COLUMNS)
    storage = entry["StorageDescriptor"]
    assert entry["Name"] == "flights"
    assert storage["Location"] == "s3://lake/w/final/Flights"
    assert [c["Name"] for c in storage["Columns"]][5:] == ["icao24", "seen", "n"]
    assert storage["Columns"][0]["Name"] == "_hoodie_commit_time"
    assert entry["PartitionKeys"] == []


def test_a_merge_on_read_table_is_two() -> None:
    entries = catalog.table_inputs(table(type="MERGE_ON_READ"), "s3://l/x", COLUMNS)
    assert [entry["Name"] for entry in entries] == ["flights_ro", "flights_rt"]
    formats = [entry["StorageDescriptor"]["InputFormat"] for entry in entries]
    assert "realtime" in formats[1]
    assert "realtime" not in formats[0]


def test_partitions_are_days() -> None:
    (entry,) = catalog.table_inputs(table(partition_by="seen"), "s3://l/x", COLUMNS)
    part = catalog.partition_input(entry, "2026-11-22")
    assert part["Values"] == ["2026-11-22"]
    assert part["StorageDescriptor"]["Location"] == "s3://l/x/day=2026-11-22"
    assert entry["PartitionKeys"][0]["Name"] == "day"


def test_sparks_own_schema_is_whole_however_long() -> None:
    many = [(f"column_{i}", "string") for i in range(300)]
    (entry,) = catalog.table_inputs(table(), "s3://l/x", many)
    parameters = entry["Parameters"]
    parts = int(parameters["spark.sql.sources.schema.numParts"])
    assert parts > 1
    joined = "".join(parameters[f"spark.sql.sources.schema.part.{i}"] for i in range(parts))
    assert len(json.loads(joined)["fields"]) == 305


def test_the_settings_that_correctness_rests_on() -> None:
    made = options(table(), ("icao24",))
    assert made["hoodie.write.table.version"] == "6"
    assert made["hoodie.write.auto.upgrade"] == "false"
    assert made["hoodie.write.record.merge.mode"] == "COMMIT_TIME_ORDERING"
    assert made["hoodie.combine.before.upsert"] == "false"
    assert made["hoodie.datasource.write.keygenerator.class"].endswith("NonpartitionedKeyGenerator")


def test_partitioned_tables_have_their_own_key_generators() -> None:
    generator = "hoodie.datasource.write.keygenerator.class"
    partitioned = table(partition_by="seen")
    assert options(partitioned, ("seen",))[generator].endswith("SimpleKeyGenerator")
    assert options(partitioned, ("a", "seen"))[generator].endswith("ComplexKeyGenerator")


def test_a_commit_does_nothing_but_commit() -> None:
    for kind in ("COPY_ON_WRITE", "MERGE_ON_READ"):
        made = options(table(type=kind), ["icao24"])
        services = ("clean.automatic", "archive.automatic", "compact.inline")
        assert {made[f"hoodie.{service}"] for service in services} == {"false"}
