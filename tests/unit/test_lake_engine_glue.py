"""Trino's way to Glue: everything as Glue says it, but for MERGE_ON_READ tables."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from headwater.lake.athena.engine_glue import EngineGlue
from headwater.lake.athena.server import Server
from headwater.lake.athena.signature import Verifier
from headwater_cdc.catalog import table_inputs
from headwater_cdc.config import TableConfig

if TYPE_CHECKING:
    from headwater.lake.athena.merged import Merged

SECRET = "s3cret"
ENTRIES = {
    entry["Name"]: entry
    for table in (
        TableConfig("shop", "orders", "topic", type="MERGE_ON_READ"),
        TableConfig("shop", "plain", "topic"),
    )
    for entry in table_inputs(table, f"s3://lake/shop/{table.table}", [("id", "int")])
}


class Glue(BaseHTTPRequestHandler):
    """Has the tables of ENTRIES, and says so."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = self.headers["x-amz-target"].rpartition(".")[2]
        if operation == "GetTables":
            self._send(200, {"TableList": list(ENTRIES.values())})
        elif asked["Name"] in ENTRIES:
            self._send(200, {"Table": ENTRIES[asked["Name"]] | {"DatabaseName": "shop"}})
        else:
            self._send(400, {"__type": "EntityNotFoundException", "Message": "no such table"})

    def _send(self, status: int, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Nothing."""


class Copies:
    """Makes no copy, but says where it is; or fails."""

    failure: Exception | None = None

    def entry(self, entry: Any) -> Any:
        if self.failure:
            raise self.failure
        return entry | {"StorageDescriptor": {"Location": "s3://lake/copy/"}}


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def engines_glue(url: str, copies: Copies, secret: str = SECRET) -> Iterator[Any]:
    """The client that an engine would have."""
    verifier = Verifier("KEY", SECRET, "us-east-1", service="glue")
    glue = EngineGlue(url, verifier, cast("Merged", copies))
    with serving(Server(("127.0.0.1", 0), {}, verifier, glue)) as endpoint:
        yield boto3.client(
            "glue",
            region_name="us-east-1",
            endpoint_url=endpoint,
            aws_access_key_id="KEY",
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 1, "mode": "standard"}),
        )


@pytest.fixture
def copies() -> Copies:
    return Copies()


@pytest.fixture
def client(copies: Copies) -> Iterator[Any]:
    with (
        serving(ThreadingHTTPServer(("127.0.0.1", 0), Glue)) as url,
        engines_glue(url, copies) as made,
    ):
        yield made


def test_the_newest_state_is_shown_as_its_copy(client: Any) -> None:
    table = client.get_table(DatabaseName="shop", Name="orders_rt")["Table"]
    assert table["StorageDescriptor"]["Location"] == "s3://lake/copy/"


@pytest.mark.parametrize("name", ["orders_ro", "plain"])
def test_other_tables_are_shown_as_they_are(client: Any, name: str) -> None:
    table = client.get_table(DatabaseName="shop", Name=name)["Table"]
    assert table["StorageDescriptor"] == ENTRIES[name]["StorageDescriptor"]


def test_a_list_of_tables_makes_no_copies(client: Any, copies: Copies) -> None:
    copies.failure = AssertionError("nobody reads these")
    tables = client.get_tables(DatabaseName="shop")["TableList"]
    assert [table["Name"] for table in tables] == list(ENTRIES)


def test_what_glue_refuses_is_refused_in_its_words(client: Any) -> None:
    with pytest.raises(client.exceptions.EntityNotFoundException, match="no such table"):
        client.get_table(DatabaseName="shop", Name="gone")


def test_a_table_that_cannot_be_merged_is_named_with_the_reason(
    client: Any, copies: Copies
) -> None:
    copies.failure = OSError("no space left on device")
    with pytest.raises(ClientError, match=r"log files of shop\.orders_rt failed: no space left"):
        client.get_table(DatabaseName="shop", Name="orders_rt")


def test_without_glue_the_reason_is_said() -> None:
    with (
        engines_glue("http://127.0.0.1:9", Copies()) as client,
        pytest.raises(ClientError, match=r"Glue at http://127\.0\.0\.1:9"),
    ):
        client.get_table(DatabaseName="shop", Name="plain")


def test_a_stranger_is_refused() -> None:
    with (
        engines_glue("http://127.0.0.1:9", Copies(), secret="wrong") as client,
        pytest.raises(ClientError, match="InvalidSignatureException"),
    ):
        client.get_table(DatabaseName="shop", Name="plain")
