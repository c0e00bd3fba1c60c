"""A first commit on a local disk: the classes of Kafka's source, Avro and Hudi are then loaded.

The first commit of a fresh JVM takes several seconds, nearly all of it class loading. Done here it
does not stand between a first row and its reader.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
from typing import TYPE_CHECKING

from headwater_cdc.config import TableConfig
from headwater_cdc.hudi import LakeTable
from headwater_cdc.names import DELETED
from headwater_cdc.state import TableState

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

log = logging.getLogger(__name__)


def warm_up(spark: SparkSession) -> None:
    """Write a small table twice; a failure is told and does no harm."""
    began = time.monotonic()
    folder = tempfile.mkdtemp(prefix="headwater-warm-")
    try:
        table = TableConfig(database="warm", table="up", topic="none")
        lake = LakeTable(spark, table, f"file://{folder}/up")
        for number in range(2):
            # Made in the JVM: rows from Python would start Python workers, needed by nothing else.
            rows = spark.range(number, number + 1).selectExpr(
                "cast(id as int) as id", "'x' as v", f"false as {DELETED}"
            )
            lake.write(rows, ("id",), TableState("none", next_offset=number))
        lake.read_state()
    except Exception as error:  # noqa: BLE001 - the tables will tell if something is wrong
        log.warning("the warm-up failed: %s", str(error)[:500])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    log.info("warm after %.1f s", time.monotonic() - began)
