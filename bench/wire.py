"""Compares wire formats: Debezium with schemaless JSON against our Avro converter.

Wants MySQL, Kafka and Connect (exactly-once, with our converter in its plugins):

    DEBEZIUM_PASSWORD=… python bench/wire.py --mysql-port 13306 --kafka 127.0.0.1:19092

For each format: a snapshot of the rows, a backlog of as many inserts that waited in the binlog, and
single commits one after the other. Rates come from the messages' time stamps; on a busy machine
the worker's CPU time per event (`--connect-pid`) tells more.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymysql
from kafka import KafkaConsumer, TopicPartition

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from headwater.targets import _connect_config as configs  # noqa: E402
from headwater.targets._connect_api import ConnectApi  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "wirebench"
TABLE = f"{DATABASE}.flights"
CHUNK = 1000
COMMITS = 200
JSON = "org.apache.kafka.connect.json.JsonConverter"
FORMATS = {
    "json": {
        "key.converter": JSON,
        "key.converter.schemas.enable": "false",
        "value.converter": JSON,
        "value.converter.schemas.enable": "false",
    },
    "avro": {},
}
DDL = f"""CREATE TABLE {TABLE} (
  icao24 CHAR(6) NOT NULL, time_position TIMESTAMP NOT NULL, callsign VARCHAR(8),
  origin_country VARCHAR(60), last_contact TIMESTAMP NOT NULL, longitude DECIMAL(9,6),
  latitude DECIMAL(8,6), baro_altitude DECIMAL(8,2), on_ground BOOLEAN, velocity DECIMAL(6,2),
  true_track DECIMAL(6,2), vertical_rate DECIMAL(6,2), geo_altitude DECIMAL(8,2),
  squawk CHAR(4), spi BOOLEAN, position_source TINYINT UNSIGNED,
  PRIMARY KEY (icao24, time_position))"""
ROW = "(%s,FROM_UNIXTIME(%s),'SWR12X','Switzerland',FROM_UNIXTIME(%s),8.549167,47.458056,"
ROW += "1234.56,0,123.45,271.40,-3.25,1300.00,'7000',0,0)"


@dataclass(frozen=True)
class Servers:
    """Where everything is."""

    mysql_port: int
    kafka: str
    connect: ConnectApi
    connect_url: str
    connect_pid: int | None = None

    def cpu_s(self) -> float:
        """CPU seconds that the worker has used so far."""
        if self.connect_pid is None:
            return 0.0
        fields = Path(f"/proc/{self.connect_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def sql(self, *statements: str) -> None:
        """Run statements as the administrator."""
        with self.mysql() as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def mysql(self) -> pymysql.Connection[Any]:
        """An administrator's connection."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.mysql_port,
            user=os.environ.get("MYSQL_USER", "root"),
            password=os.environ.get("MYSQL_PASSWORD", ""),
            autocommit=True,
        )


def main() -> None:
    """Measure every format, in the order given, and print a line for each."""
    arguments = _arguments()
    api = ConnectApi(arguments.connect)
    servers = Servers(
        arguments.mysql_port, arguments.kafka, api, arguments.connect, arguments.connect_pid
    )
    print(f"{arguments.rows} rows, {COMMITS} commits, load {os.getloadavg()[0]:.1f}")
    print("format  snapshot/s  backlog/s  CPU us  bytes  p50 ms  p95 ms")
    for number, name in enumerate(arguments.formats):
        prefix = f"wirebench{int(time.time())}{number}"
        print(_measure(servers, name, prefix, arguments.rows), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mysql-port", type=int, default=13306)
    parser.add_argument("--kafka", default="127.0.0.1:19092")
    parser.add_argument("--connect", default="http://127.0.0.1:18083")
    parser.add_argument("--connect-pid", type=int, help="the worker's process, for its CPU time")
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("formats", nargs="*", default=["json", "avro", "json", "avro"])
    return parser.parse_args()


def _measure(servers: Servers, name: str, prefix: str, rows: int) -> str:
    servers.sql(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}", DDL)
    _insert(servers, 0, rows)
    servers.connect.put_config(prefix, _config(servers, prefix) | FORMATS[name])
    topic = f"{prefix}.{TABLE}"
    try:
        snapshot, _ = _rate(servers.kafka, topic, 0, rows)
        _request(servers, "PUT", f"{prefix}/stop")
        _insert(servers, rows, rows)
        used = servers.cpu_s()
        _request(servers, "PUT", f"{prefix}/resume")
        backlog, size = _rate(servers.kafka, topic, rows, rows)
        cpu_us = (servers.cpu_s() - used) / rows * 1e6
        delays = sorted(_delays(servers, topic, 2 * rows))
    finally:
        _request(servers, "DELETE", prefix)
    p50, p95 = statistics.median(delays), delays[int(len(delays) * 0.95)]
    rates = f"{name:6}  {snapshot:10,.0f}  {backlog:9,.0f}  {cpu_us:6.0f}"
    return f"{rates}  {size:5.0f}  {p50:6.1f}  {p95:6.1f}"


def _config(servers: Servers, prefix: str) -> configs.Config:
    template = ROOT / "debezium" / "connector.json"
    values = {
        "mysql_host": "127.0.0.1",
        "mysql_port": str(servers.mysql_port),
        "mysql_user": "debezium",
        "mysql_password": os.environ.get("DEBEZIUM_PASSWORD", ""),
        "topic_prefix": prefix,
        "databases": DATABASE,
        "tables": configs.exactly([TABLE]),
        "bootstrap_servers": servers.kafka,
        "replication_factor": "1",
    }
    own = {
        "database.server.id": str(int(time.time()) % 1_000_000 + 10_000),
        "schema.history.internal.kafka.topic": f"_history.{prefix}",
    }
    return configs.fill(template, values) | own


def _insert(servers: Servers, first: int, rows: int) -> None:
    with servers.mysql() as connection, connection.cursor() as cursor:
        for start in range(first, first + rows, CHUNK):
            numbers = range(start, min(start + CHUNK, first + rows))
            # executemany() would send them one by one: ROW holds more than placeholders
            rows_sql = ",".join(ROW % (f"'{a}'", b, c) for a, b, c in map(_values, numbers))
            cursor.execute(f"INSERT INTO {TABLE} VALUES {rows_sql}")  # noqa: S608 - constants


def _values(number: int) -> tuple[str, int, int]:
    return f"{number % 5000:06x}", 1_795_000_000 + number, 1_795_000_001 + number


def _rate(kafka: str, topic: str, skip: int, rows: int) -> tuple[float, float]:
    """Events in a second between the first and the last, and their size."""
    first = last = size = seen = 0
    for message in _messages(kafka, topic):
        seen += 1
        if seen <= skip:
            continue
        first = first or message.timestamp
        last = message.timestamp
        size += len(message.key) + len(message.value)
        if seen == skip + rows:
            return rows / max(last - first, 1) * 1000, size / rows
    raise RuntimeError(f"{topic}: {seen - skip} of {rows} messages came")


def _messages(kafka: str, topic: str) -> Iterator[Any]:
    consumer = KafkaConsumer(
        bootstrap_servers=kafka,
        isolation_level="read_committed",
        consumer_timeout_ms=120_000,
        max_partition_fetch_bytes=16 << 20,
    )
    while topic not in consumer.topics():
        time.sleep(0.5)
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_beginning(place)
    yield from consumer
    consumer.close()


def _delays(servers: Servers, topic: str, first: int) -> Iterator[float]:
    consumer = KafkaConsumer(
        bootstrap_servers=servers.kafka, isolation_level="read_committed", fetch_max_wait_ms=100
    )
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    consumer.seek_to_end(place)
    consumer.position(place)
    with servers.mysql() as connection, connection.cursor() as cursor:
        for number in range(first, first + COMMITS):
            cursor.execute(f"INSERT INTO {TABLE} VALUES {ROW}", _values(number))  # noqa: S608
            committed = time.perf_counter()
            while not consumer.poll(timeout_ms=1000):
                pass
            yield (time.perf_counter() - committed) * 1000
            time.sleep(0.01 + number % 7 * 0.005)
    consumer.close()


def _request(servers: Servers, method: str, path: str) -> None:
    import requests  # noqa: PLC0415 - the target's client has no business stopping connectors

    requests.request(
        method, f"{servers.connect_url}/connectors/{path}", timeout=60
    ).raise_for_status()
    time.sleep(2)


if __name__ == "__main__":
    main()
