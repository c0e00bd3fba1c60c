"""The application: makes the running queries those that the document asks for."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

from headwater_cdc import config as configs
from headwater_cdc import faults
from headwater_cdc.beats import Beats
from headwater_cdc.ends import Ends
from headwater_cdc.errors import ConfigError, LeaseHeldError, TransientError
from headwater_cdc.glue import CatalogKeeper
from headwater_cdc.history import History
from headwater_cdc.jvm import java, pin
from headwater_cdc.lease import Lease
from headwater_cdc.rebuild import Rebuilds
from headwater_cdc.requests import Requests
from headwater_cdc.schemas import Schemas
from headwater_cdc.services import Services
from headwater_cdc.statuses import Statuses
from headwater_cdc.storage import Storage
from headwater_cdc.table import Table
from headwater_cdc.topics import Topics
from headwater_cdc.upkeep import Upkeep
from headwater_cdc.warmup import warm_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater_cdc.config import JobConfig, TableConfig

log = logging.getLogger(__name__)
LOOK_S = 5.0
STOP_S = 25.0
CUT_OFF_S = 5.0  # upkeep, which may be cut off: a compaction takes minutes
REFUSED = 75  # the exit code while another job writes the lake


class Job:
    """Desired against running, every few seconds."""

    def __init__(self, spark: SparkSession, uri: str) -> None:
        self._spark = spark
        self._uri = uri
        self._storage = Storage(spark)
        self._services: Services | None = None
        self._lease: Lease | None = None
        self._tables: dict[str, Table] = {}
        self._text: str | None = None
        self._complaint = ""
        self.stopping = threading.Event()
        self._parent = os.getppid()

    def run(self) -> None:
        """Until told to stop, or until the JVM is gone."""
        while not self.stopping.is_set():
            self._look()
            self._pass_on_requests()
            self.stopping.wait(LOOK_S if self._services else 1.0)
            if os.getppid() != self._parent:
                log.error("spark-submit is gone: so am I")
                os._exit(1)
            if self._lease is not None and self._lease.is_lost:
                log.error("Kafka took the lease away: another job may be writing")
                break
        self._stop_all(CUT_OFF_S)

    def _look(self) -> None:
        try:
            text = self._storage.read(self._uri)
        except Exception as error:  # noqa: BLE001 - S3 is away: what runs goes on
            self._complain(f"{self._uri} cannot be read: {str(error)[:300]}")
            return
        if text is None:
            self._complain(f"waiting for {self._uri}")
        elif text != self._text:
            self._take(text)

    def _pass_on_requests(self) -> None:
        if self._services is None:
            return
        try:
            for name, request in self._services.requests.open().items():
                if name in self._tables:
                    self._tables[name].ask(request)
        except Exception as error:  # noqa: BLE001 - S3 is away: they are found at the next look
            log.debug("requests cannot be read: %s", error)

    def _take(self, text: str) -> None:
        try:
            wanted = configs.parse(text, self._uri)
        except ConfigError as error:
            self._complain(f"the document is not taken: {error.message}")
            return
        if self._services is None or _head(self._services.config) != _head(wanted):
            self._stop_all()
            if not self._alone(wanted):
                return
            self._services = self._open(wanted)
        self._complaint = ""
        self._text = text
        self._change_to({table.name: table for table in wanted.tables}, self._services)

    def _change_to(self, wanted: dict[str, TableConfig], services: Services) -> None:
        leaving = [t for name, t in self._tables.items() if wanted.get(name) != t.config]
        _stop(leaving)
        for table in leaving:
            del self._tables[table.config.name]
        services.history.only(wanted.values())
        for name, config in wanted.items():
            if name not in self._tables:
                log.info("%s: starting, from topic %s", name, config.topic)
                self._tables[name] = Table(config, services)
                self._tables[name].start()

    def _alone(self, config: JobConfig) -> bool:
        """Take the lease; False where Kafka cannot give it yet. Raises LeaseHeldError."""
        lease = Lease(self._spark, config.kafka, config.schemas_topic)
        try:
            if Topics(self._spark, config.kafka).describe(config.schemas_topic) is None:
                self._complain(f"waiting for topic {config.schemas_topic}")
                return False
            lease.acquire()
        except TransientError as error:
            self._complain(error.message)
            return False
        self._lease = lease
        return True

    def _open(self, config: JobConfig) -> Services:
        spark = self._spark
        schemas = Schemas(spark, config.kafka, config.schemas_topic)
        where = (self._storage, config.control)
        services = Services(
            spark=spark,
            config=config,
            schemas=schemas,
            topics=Topics(spark, config.kafka),
            ends=Ends(spark, config.kafka),
            beats=Beats(spark, config.kafka, config.heartbeat_topic, schemas, where),
            history=History(spark, config, self._storage),
            storage=self._storage,
            statuses=Statuses(self._storage, config.control),
            requests=Requests(self._storage, config.control),
            rebuilds=Rebuilds(self._storage, config.control),
            catalog=CatalogKeeper(spark, config),
            upkeep=Upkeep(spark, config),
        )
        services.catalog.start()
        services.upkeep.start()
        services.ends.start()
        services.beats.start()
        services.history.start()
        return services

    def _stop_all(self, upkeep_s: float | None = None) -> None:
        """Upkeep ends before another may begin, unless the process ends with it."""
        if self._services is not None:
            self._services.upkeep.stop()
        _stop(list(self._tables.values()))
        self._tables.clear()
        if self._services is not None:
            services = self._services
            services.upkeep.join(upkeep_s)
            helpers = (services.catalog, services.ends, services.beats, services.history)
            for helper in helpers:
                helper.stop()
            for helper in helpers:
                helper.join(STOP_S)
            self._services.schemas.close()
            self._services = None
        if self._lease is not None:
            self._lease.stop()
            self._lease.join(STOP_S)
            self._lease = None

    def _complain(self, text: str) -> None:
        if text != self._complaint:
            log.warning("%s", text)
        self._complaint = text


def _stop(tables: Sequence[Table]) -> None:
    for table in tables:
        table.stop()
    for table in tables:
        table.join(STOP_S)


def _head(config: JobConfig) -> tuple[object, ...]:
    """What all tables share: a change of it starts everything anew."""
    topics = (config.schemas_topic, config.heartbeat_topic, config.history_topic)
    return (dict(config.kafka), config.warehouse, topics, config.glue, config.query_seconds)


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, open Spark, run until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="main.py", description=__doc__)
    parser.add_argument("--config", required=True, help="the desired-state document, a URI")
    parser.add_argument("--log-level", default="INFO", help="of our own log lines")
    given = parser.parse_args(arguments)
    logging.basicConfig(
        level=given.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("py4j").setLevel(logging.CRITICAL)  # failures are told by the tables
    spark = SparkSession.builder.appName("headwater-cdc").getOrCreate()
    spark.sparkContext.setLogLevel("WARN")
    pin(spark)
    faults.arm(int(java(spark, "java.lang.ProcessHandle").current().pid()))
    job = Job(spark, given.config)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: job.stopping.set())
    warm_up(spark)
    try:
        job.run()
    except LeaseHeldError as error:
        log.error("%s; remedy: %s", error.message, error.remedy)  # noqa: TRY400 - no trace for it
        sys.exit(REFUSED)
    finally:
        spark.stop()
    log.info("stopped")
