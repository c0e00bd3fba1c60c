"""How many S3 requests a Hudi commit makes, by kind: what commits cost on AWS (docs/scaling.md).

The job's own writer, Hadoop's S3A, and moto as the S3 server, whose access log is counted; no stack
is needed. `.venv/bin/python bench/requests.py [N]` writes N commits of 500 random upserts each.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "streaming"), str(ROOT / "tests")]

import boto3  # noqa: E402 - after the path
from botocore.config import Config  # noqa: E402

from headwater.project import Project  # noqa: E402
from headwater.settings import load  # noqa: E402
from headwater.stack.components import component_dir, install  # noqa: E402
from headwater_cdc.config import TableConfig, TableType  # noqa: E402
from headwater_cdc.hudi import LakeTable  # noqa: E402
from headwater_cdc.state import TableState  # noqa: E402
from support.cdc_session import session  # noqa: E402

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PORT = 15999
URL = f"http://127.0.0.1:{PORT}"
ROWS, CHANGES = 20_000, 500
_LINE = re.compile(r'"(GET|PUT|POST|HEAD|DELETE) (\S+) HTTP')


def main() -> None:
    """Measure both table types and print a line each."""
    commits = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing")  # noqa: S106
    settings, _ = load(root=ROOT)
    install(("moto",), settings, project=Project(ROOT))
    packages = component_dir("moto", settings, Project(ROOT)) / "site"
    with tempfile.NamedTemporaryFile("w+") as log:
        server = subprocess.Popen(
            [sys.executable, "-c", "from moto.server import main; main()", "-p", str(PORT)],
            env={**os.environ, "PYTHONPATH": str(packages)},
            stdout=log,
            stderr=log,
        )
        try:
            bucket()
            spark = connected()
            for kind in ("COPY_ON_WRITE", "MERGE_ON_READ"):
                measure(spark, kind, commits, Path(log.name))
        finally:
            server.terminate()
            server.wait()


def bucket() -> None:
    """Make the bucket, as soon as the server answers."""
    style = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 20})
    client = boto3.client("s3", region_name="us-east-1", endpoint_url=URL, config=style)
    client.create_bucket(Bucket="bench")


def connected() -> SparkSession:
    """The tests' session, with S3A pointed at the server."""
    spark = session()
    hadoop = spark.sparkContext._jsc.hadoopConfiguration()  # type: ignore[attr-defined] # noqa: SLF001
    for name, value in {
        "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "fs.s3a.endpoint": URL,
        "fs.s3a.endpoint.region": "us-east-1",
        "fs.s3a.access.key": "testing",
        "fs.s3a.secret.key": "testing",
        "fs.s3a.path.style.access": "true",
        "fs.s3a.connection.ssl.enabled": "false",
        "fs.s3a.directory.marker.retention": "keep",
    }.items():
        hadoop.set(name, value)
    return spark


def measure(spark: SparkSession, kind: TableType, commits: int, log: Path) -> None:
    """Fill a table, then count what each further commit asks."""
    table = TableConfig(database="bench", table=kind.lower(), topic="none", type=kind)
    lake = LakeTable(spark, table, f"s3://bench/{table.table}")
    columns = "cast({} as int) as id, uuid() as v, false as _hoodie_is_deleted"
    lake.write(spark.range(ROWS).selectExpr(*columns.format("id").split(", ")), ("id",),
               TableState("none", next_offset=0), maintain=False)  # fmt: skip
    start, began = log.stat().st_size, time.monotonic()
    for number in range(1, commits + 1):
        some = columns.format(f"floor(rand() * {ROWS})").split(", ")
        rows = spark.range(CHANGES).selectExpr(*some).dropDuplicates(["id"])
        lake.write(rows, ("id",), TableState("none", next_offset=number), maintain=number % 10 == 0)
    seconds = (time.monotonic() - began) / commits
    text = log.read_bytes()[start:].decode(errors="replace")
    found = Counter(charged(*match) for match in _LINE.findall(text))
    each = {name: round(count / commits, 1) for name, count in sorted(found.items())}
    dear = found["PUT, POST"] + found["LIST"]
    dollars = (dear * 0.005 + found["GET, HEAD"] * 0.0004) / 1000 / commits
    print(f"{kind}: a commit {each}, {dollars:.6f} USD, {seconds:.2f} s")


def charged(method: str, path: str) -> str:
    """How S3 bills a request."""
    if method == "GET" and "list-type" in path:
        return "LIST"
    return {"PUT": "PUT, POST", "POST": "PUT, POST", "DELETE": "DELETE (free)"}.get(
        method, "GET, HEAD"
    )


if __name__ == "__main__":
    main()
