"""Captures real messages of synthetic tables, for the unit tests of whoever reads them.

Wants MySQL, Kafka and Connect with the `headwater` connector capturing schema `wire`; writes
`tests/unit/fixtures/wire/*.json`:

    python bench/wire_fixtures.py --mysql-port 13306 --kafka 127.0.0.1:19092
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pymysql
from kafka import KafkaConsumer
from wire_decoder import decode, fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "unit" / "fixtures" / "wire"
PREFIX = "headwater"
QUIET_S = 6.0

SCENES = {
    "items": [
        """CREATE TABLE wire.items (id INT NOT NULL PRIMARY KEY,
          name VARCHAR(40) DEFAULT 'none', price DECIMAL(10,2) NULL, seen TIMESTAMP(6) NULL)""",
        "INSERT INTO wire.items VALUES (1, 'one', 1.10, '2026-11-22 10:00:00.123456')",
        "INSERT INTO wire.items VALUES (2, 'two', NULL, NULL), (3, NULL, -0.05, NULL)",
        "UPDATE wire.items SET price = price + 1 WHERE id = 1",
        "UPDATE wire.items SET name = CONCAT(name, '!') WHERE id IN (1, 2)",
        "UPDATE wire.items SET id = 20 WHERE id = 2",
        "BEGIN; INSERT INTO wire.items VALUES (9, 'never', 0, NULL); ROLLBACK",
        """BEGIN; UPDATE wire.items SET name = 'a' WHERE id = 1;
          UPDATE wire.items SET name = 'b' WHERE id = 1; DELETE FROM wire.items WHERE id = 1;
          INSERT INTO wire.items VALUES (1, 'back', 2.00, NULL); COMMIT""",
        "DELETE FROM wire.items WHERE id = 3",
        "ALTER TABLE wire.items MODIFY price DECIMAL(12,3) NULL",
        "UPDATE wire.items SET price = 1.125 WHERE id = 1",
        "ALTER TABLE wire.items ADD COLUMN stock INT UNSIGNED NOT NULL DEFAULT 7",
        "INSERT INTO wire.items (id, stock) VALUES (4, 4294967295)",
        "TRUNCATE TABLE wire.items",
        "INSERT INTO wire.items (id, name) VALUES (5, 'after')",
    ],
    "pairs": [
        """CREATE TABLE wire.pairs (b VARCHAR(20) NOT NULL, a BIGINT UNSIGNED NOT NULL,
          `odd name` INT NULL, PRIMARY KEY (a, b)) COLLATE utf8mb4_0900_ai_ci""",
        "INSERT INTO wire.pairs VALUES ('Ä', 18446744073709551615, 1), ('b', 0, NULL)",
        "UPDATE wire.pairs SET b = 'c' WHERE a = 0",
    ],
    "everything": [
        """CREATE TABLE wire.everything (
          id BIGINT NOT NULL PRIMARY KEY,
          c_bool BOOLEAN, c_tiny TINYINT, c_tiny_u TINYINT UNSIGNED, c_small SMALLINT,
          c_small_u SMALLINT UNSIGNED, c_medium MEDIUMINT, c_medium_u MEDIUMINT UNSIGNED,
          c_int INT, c_int_u INT UNSIGNED, c_big BIGINT, c_big_u BIGINT UNSIGNED,
          c_dec DECIMAL(20,4), c_dec_u DECIMAL(38,10) UNSIGNED, c_dec65 DECIMAL(65,30),
          c_float FLOAT, c_double DOUBLE, c_bit1 BIT(1), c_bit BIT(20),
          c_date DATE, c_time TIME, c_time6 TIME(6), c_dt DATETIME, c_dt3 DATETIME(3),
          c_dt6 DATETIME(6), c_ts TIMESTAMP NULL, c_ts6 TIMESTAMP(6) NULL, c_year YEAR,
          c_char CHAR(6), c_varchar VARCHAR(40), c_text TEXT, c_utf8 VARCHAR(20),
          c_latin1 VARCHAR(20) CHARACTER SET latin1, c_sjis TEXT CHARACTER SET sjis,
          c_ucs2 CHAR(9) CHARACTER SET ucs2,
          c_binary BINARY(4), c_varbinary VARBINARY(8), c_blob BLOB, c_json JSON,
          c_enum ENUM('a','b,c','ü'), c_set SET('x','y','z'), c_point POINT,
          n_bool BOOLEAN NOT NULL DEFAULT TRUE,
          d_int INT DEFAULT 5, d_text VARCHAR(9) NOT NULL DEFAULT 'dflt',
          d_dec DECIMAL(6,2) NOT NULL DEFAULT 1.50, d_ts TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
          d_date DATE NOT NULL DEFAULT '2000-02-29', d_bin BINARY(2) DEFAULT 'ab')""",
        """INSERT INTO wire.everything VALUES (
          1, TRUE, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295,
          -9223372036854775808, 18446744073709551615, -1234567890123456.7891,
          1234567890123456789012345678.0123456789,
          -12345678901234567890123456789012345.123456789012345678901234567890,
          1.5, 0.1, b'1', b'10000000000000000001', '0001-01-01', '-838:59:59',
          '23:59:59.999999', '1000-01-01 00:00:00', '9999-12-31 23:59:59.999',
          '2026-03-29 02:30:00.123456', '2038-01-19 03:14:07', '2026-10-25 00:30:00.654321',
          2155, 'abc', 'x', 'text', '\N{GRINNING FACE}é', 'é€', '日本', 'ÄЖ',
          X'00FF', X'00FF10', X'DEADBEEF',
          '{"b": 1, "a": [1.10, null, "ü"]}', 'b,c', 'x,z', ST_GeomFromText('POINT(1 2)'),
          5,
          NULL, 'set', 2.25, NULL, '2026-11-22', NULL)""",
        "INSERT INTO wire.everything (id) VALUES (2)",
        "UPDATE wire.everything SET c_text = '', c_varchar = '', c_blob = '' WHERE id = 2",
    ],
}


def main() -> None:
    """Play the scenes, wait for their messages, write the files."""
    arguments = _arguments()
    consumer = KafkaConsumer(
        bootstrap_servers=arguments.kafka,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        consumer_timeout_ms=int(QUIET_S * 1000),
    )
    _play(arguments.mysql_port)
    time.sleep(QUIET_S)
    schemas = {
        message.key.decode(): message.value.decode()
        for message in _all(consumer, "_headwater.schemas")
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    used: set[str] = set()
    for scene in SCENES:
        messages = [_entry(m, schemas) for m in _all(consumer, f"{PREFIX}.wire.{scene}")]
        used |= {
            str(m[part]) for m in messages for part in ("key_schema", "value_schema") if m[part]
        }
        _write(f"{scene}.json", {"topic": f"{PREFIX}.wire.{scene}", "messages": messages})
    _write("schemas.json", {key: json.loads(schemas[key]) for key in sorted(used)})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mysql-port", type=int, default=13306)
    parser.add_argument("--kafka", default="127.0.0.1:19092")
    return parser.parse_args()


def _play(port: int) -> None:
    connection = pymysql.connect(
        host="127.0.0.1",
        port=port,
        user=os.environ.get("MYSQL_USER", "root"),
        password=os.environ.get("MYSQL_PASSWORD", ""),
        autocommit=True,
        init_command="SET time_zone = '+00:00'",
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS wire")
        cursor.execute("CREATE DATABASE wire")
        for statements in SCENES.values():
            for statement in statements:
                for single in statement.split(";"):
                    cursor.execute(single)
        cursor.execute(
            "INSERT INTO headwater.signal VALUES (UUID(), 'execute-snapshot', %s)",
            [
                json.dumps(
                    {"type": "incremental", "data-collections": [f"wire.{t}" for t in SCENES]}
                )
            ],
        )


def _all(consumer: KafkaConsumer, topic: str) -> Iterator[Any]:
    consumer.subscribe([topic])
    yield from consumer


def _entry(message: Any, schemas: dict[str, str]) -> dict[str, object]:  # noqa: ANN401 - kafka-python has no types
    parsed = {key: json.loads(value) for key, value in schemas.items()}
    envelope = decode(message.value, parsed)
    return {
        "op": envelope["op"],
        "key_schema": fingerprint_of(message.key) if message.key else None,
        "key_hex": message.key.hex() if message.key else None,
        "value_schema": fingerprint_of(message.value),
        "value_hex": message.value.hex(),
        "decoded": {
            "key": _readable(decode(message.key, parsed)) if message.key else None,
            "value": _readable(envelope),
        },
    }


def _readable(value: Any) -> Any:  # noqa: ANN401 - Avro data
    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _write(name: str, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (FOLDER / name).write_text(text + "\n")


if __name__ == "__main__":
    main()
