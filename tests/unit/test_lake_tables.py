"""A table's state is that of the newest complete commit that carries one."""

from __future__ import annotations

import io
import json
from typing import Any, cast

import pytest

from headwater.connections import Aws
from headwater.errors import VerifyError
from headwater.lake import tables
from headwater_cdc.state import TableState

FOLDER = "warehouse/final/flights/.hoodie/"


class NoSuchKeyError(Exception):
    """As boto3's."""


class FakeS3:
    """Objects in a dictionary."""

    class exceptions:  # noqa: N801 - boto3's name
        NoSuchKey = NoSuchKeyError

    def __init__(self, objects: dict[str, str]) -> None:
        self.objects = objects

    def get_paginator(self, _: str) -> FakeS3:
        return self

    def paginate(self, **arguments: str) -> list[dict[str, Any]]:
        keys = [key for key in self.objects if key.startswith(arguments["Prefix"])]
        return [{"Contents": [{"Key": key} for key in keys]}]

    def get_object(self, **arguments: str) -> dict[str, Any]:
        if arguments["Key"] not in self.objects:
            raise NoSuchKeyError
        return {"Body": io.BytesIO(self.objects[arguments["Key"]].encode())}


class FakeAws:
    """Connections to a made-up S3."""

    bucket = "lake"

    def __init__(self, objects: dict[str, str]) -> None:
        self.s3 = FakeS3(objects)

    def client(self, _: str) -> FakeS3:
        return self.s3


def aws(objects: dict[str, str]) -> Aws:
    return cast("Aws", FakeAws(objects))


def commit(offset: int | None) -> str:
    state = TableState("topic", next_offset=offset).to_json() if offset is not None else None
    return json.dumps({"extraMetadata": {"headwater.state": state} if state else {}})


def test_the_newest_commit_with_a_state_counts() -> None:
    objects = {
        FOLDER + "20261122100000000.commit": commit(5),
        FOLDER + "20261122100001000.deltacommit": commit(9),
        FOLDER + "20261122100002000.commit": commit(None),  # a compaction
        FOLDER + "20261122100003000.deltacommit.inflight": commit(99),
        FOLDER + "20261122100003000.deltacommit.requested": "",
        FOLDER + "20261122100004000.clean": "{}",
        FOLDER + "hoodie.properties": "",
    }
    state = tables.read_state(aws(objects), "final", "flights")
    assert state is not None
    assert state.next_offset == 9


def test_no_commit_no_state() -> None:
    assert tables.read_state(aws({}), "final", "flights") is None


def test_a_state_of_a_newer_version_is_not_guessed_at() -> None:
    text = json.dumps({"extraMetadata": {"headwater.state": '{"version": 99}'}})
    with pytest.raises(VerifyError, match="version 99"):
        tables.read_state(aws({FOLDER + "20261122100000000.commit": text}), "final", "flights")


def test_captured_tables_are_those_of_the_jobs_document() -> None:
    document = {
        "tables": [
            {"database": "final", "table": "flights", "topic": "t", "buckets": 1, "unknown": 1},
            {"database": "final", "table": "p", "topic": "u", "on_delete": "ignore"},
        ]
    }
    found = tables.captured(aws({"_headwater/streaming.json": json.dumps(document)}))
    assert [table.name for table in found] == ["final.flights", "final.p"]
    assert [table.layout.on_delete for table in found] == ["apply", "ignore"]
    assert tables.captured(aws({})) == []


@pytest.mark.parametrize("kind", ["COPY_ON_WRITE", "MERGE_ON_READ"])
def test_a_folder_says_how_its_rows_lie(kind: str) -> None:
    text = f"#Updated\nhoodie.table.name=flights\nhoodie.table.type={kind}\nhoodie.x=1\n"
    assert (
        tables.written_type(aws({FOLDER + "hoodie.properties": text}), "final", "flights") == kind
    )


def test_an_empty_folder_says_nothing() -> None:
    assert tables.written_type(aws({}), "final", "flights") is None


def test_what_the_job_says_of_a_table() -> None:
    objects = {"_headwater/status/final.flights.json": '{"state": "paused"}'}
    assert tables.read_report(aws(objects), "final", "flights") == {"state": "paused"}
    assert tables.read_report(aws(objects), "final", "other") == {}
