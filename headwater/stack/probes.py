"""Readiness: each probe asks the server something that only a working server can answer."""

from __future__ import annotations

import json
import logging
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headwater.connections import Aws, MySql

TIMEOUT = 10.0  # a busy machine answers late, and probes run beside everything else


def http_ok(url: str) -> bool:
    """The URL answers with status 200."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 - our own loopback
        return bool(response.status == 200)  # noqa: PLR2004


def http_json(url: str) -> Any:  # noqa: ANN401 - whatever the server says
    """The JSON that a URL answers with."""
    with urllib.request.urlopen(url, timeout=TIMEOUT) as response:  # noqa: S310 - our own loopback
        return json.load(response)


def mysql_answers(account: MySql) -> bool:
    """The account can log in and read."""
    connection = account.connect(connect_timeout=TIMEOUT, read_timeout=TIMEOUT)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() is not None
    finally:
        connection.close()


def kafka_answers(bootstrap_servers: str) -> bool:
    """The broker serves its metadata, controller included."""
    from kafka import KafkaAdminClient  # noqa: PLC0415 - heavy, and only this probe needs it

    # Its complaints about a broker that does not listen yet are no news here.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    milliseconds = int(TIMEOUT * 1000)
    client = KafkaAdminClient(
        bootstrap_servers=bootstrap_servers,
        request_timeout_ms=milliseconds,
        bootstrap_timeout_ms=milliseconds,
    )
    try:
        return bool(client.describe_cluster()["brokers"])
    finally:
        client.close()


def s3_answers(aws: Aws) -> bool:
    """The bucket is there and our key opens it."""
    answer = aws.client("s3").head_bucket(Bucket=aws.bucket)
    return bool(answer["ResponseMetadata"]["HTTPStatusCode"] == 200)  # noqa: PLR2004


def glue_answers(aws: Aws) -> bool:
    """The catalog lists its databases."""
    return "DatabaseList" in aws.client("glue").get_databases()


def trino_answers(url: str) -> bool:
    """The server has loaded its catalogs and takes queries."""
    return http_json(f"{url}/v1/info").get("starting") is False


def athena_answers(aws: Aws) -> bool:
    """The endpoint lists its work groups."""
    return "WorkGroups" in aws.client("athena").list_work_groups()
