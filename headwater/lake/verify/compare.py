"""The comparison of a table, from its first sum to its report."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from headwater.captured import declared
from headwater.errors import LakeBehindError, TargetError
from headwater.lake import tables as lake_tables
from headwater.lake.barrier import PAUSE, TIMEOUT, Barrier
from headwater.lake.verify import sums
from headwater.lake.verify.kept import EVERY_S, Keeper, Kept, identity
from headwater.lake.verify.report import Counts, TableReport
from headwater.lake.verify.settle import Settler, Verdict, suspects_of
from headwater.lake.verify.shape import Shape, read_shape
from headwater.lake.verify.sides import Key, LakeSide, MySqlSide
from headwater.project import DataDir
from headwater.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from pymysql.cursors import Cursor

    from headwater.captured import CapturedTable
    from headwater.connections import Aws, Connections
    from headwater.targets.base import Context

Progress = Callable[[str], None]
# The job writes the catalog beside its commits, and not before them.
CATALOG_PATIENCE = 20.0  # seconds


@dataclass(frozen=True)
class Options:
    """How much is read at a time, and how long is waited."""

    page_rows: int = 20_000  # of MySQL, a query
    chunk_rows: int = 500  # about so many; a chunk that differs is read key by key
    keys_at_once: int = 200_000  # of differing chunks, held in memory
    max_suspects: int = 5_000  # looked at behind barriers; more is reported as truncated
    timeout: float = TIMEOUT
    folder: Path | None = None  # where an interrupted comparison is kept
    keep_every: float = EVERY_S


def verify(
    context: Context,
    names: Sequence[str] = (),
    *,
    progress: Progress = lambda _: None,
    options: Options | None = None,
) -> list[TableReport]:
    """Compare captured tables (`table` or `database.table`; without names, all of them)."""
    keys = {table.name: table.key for table in declared(context)}
    captured = [
        replace(table, key=keys.get(table.name, ()))
        for table in lake_tables.captured(context.connections.aws)
    ]
    chosen = lake_tables.chosen(captured, names, context.settings.database)
    options = options or Options(folder=DataDir(context.settings.data_dir).of("verify"))
    return verify_tables(
        context.connections, chosen, context.settings.topic_prefix, progress, options
    )


def verify_tables(
    connections: Connections,
    chosen: Sequence[CapturedTable],
    topic_prefix: str,
    progress: Progress,
    options: Options,
) -> list[TableReport]:
    """Compare these tables, one after the other."""
    from pymysql.err import MySQLError  # noqa: PLC0415 - only where MySQL is asked

    try:
        with (
            closing(connections.mysql.connect()) as connection,
            connection.cursor() as cursor,
            _Barriers(connections, topic_prefix, options.timeout) as barriers,
        ):
            return [
                _Comparison(cursor, connections, table, barriers, options).run(progress)
                for table in chosen
            ]
    except MySQLError as error:
        raise TargetError(
            f"MySQL at {connections.mysql.host}:{connections.mysql.port}: {error}",
            remedy="`headwater status` shows whether it runs",
        ) from error


class _Barriers:
    """One barrier for all tables, opened only if some table needs it."""

    def __init__(self, connections: Connections, prefix: str, timeout: float) -> None:
        self._connections = connections
        self._prefix = prefix
        self._timeout = timeout
        self._topics: Topics | None = None
        self._barrier: Barrier | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._topics is not None:
            self._topics.__exit__(None, None, None)

    def wait(self, table: CapturedTable, meanwhile: Callable[[], None]) -> None:
        """Wait until the lake's table has everything up to now."""
        if self._barrier is None:
            self._topics = Topics(self._connections.kafka)
            self._barrier = Barrier(
                self._connections, self._topics, self._prefix, timeout=self._timeout
            )
        self._barrier.wait(table, meanwhile)


def _shape(cursor: Cursor, aws: Aws, table: CapturedTable, barriers: _Barriers) -> Shape:
    """The table's shape; a lake that is a change of schema behind gets the time to catch up."""
    try:
        return read_shape(cursor, aws, table)
    except LakeBehindError:
        barriers.wait(table, lambda: None)
    deadline = time.monotonic() + CATALOG_PATIENCE
    while True:
        try:
            return read_shape(cursor, aws, table)
        except LakeBehindError:
            if time.monotonic() > deadline:
                raise
        time.sleep(PAUSE)


class _Comparison:
    """One table."""

    def __init__(
        self,
        cursor: Cursor,
        connections: Connections,
        table: CapturedTable,
        barriers: _Barriers,
        options: Options,
    ) -> None:
        self._table = table
        self._barriers = barriers
        self._options = options
        self._since = lake_tables.newest_instant(connections.aws, table.database, table.table)
        self._shape = _shape(cursor, connections.aws, table, barriers)
        of = identity(connections, self._shape)
        self._keeper = Keeper(options.folder, table.name, of, every=options.keep_every)
        found = self._keeper.load()
        self._kept = found or self._begun(cursor)
        self._notes = (*self._shape.notes, *([found.note] if found else []))
        chunks = self._kept.chunks
        self._mysql = MySqlSide(cursor, self._shape, chunks, options.page_rows)
        self._lake = LakeSide(connections.aws, self._shape, chunks, self._mysql.floor())

    def _begun(self, cursor: Cursor) -> Kept:
        cursor.execute(f"SELECT COUNT(*) FROM {self._shape.mysql_name}")  # noqa: S608 - quoted
        ((rows,),) = cursor.fetchall()
        return Kept(int(rows), chunks=max(1, int(rows) // self._options.chunk_rows))

    def run(self, progress: Progress) -> TableReport:
        """Compare and report."""
        begin = time.monotonic()
        sides = (self._mysql, self._lake)
        mysql, lake = sums.take(self._table.name, sides, self._keeper, self._kept, progress)
        differing = mysql.differing(lake)
        suspects, truncated = self._suspects(differing, mysql, lake)
        verdict = self._settle(suspects, progress)
        self._keeper.drop()
        names = [key.name for key in self._shape.keys]
        return TableReport(
            table=self._table.name,
            mysql_rows=mysql.rows,
            lake_rows=lake.rows,
            chunks=self._kept.chunks,
            chunks_differing=len(differing),
            suspects=len(suspects),
            differences=tuple(verdict.differences),
            unsettled=tuple(dict(zip(names, key, strict=True)) for key in verdict.unsettled),
            truncated=truncated,
            notes=self._notes,
            seconds=time.monotonic() - begin,
            since=self._since,
        )

    def _suspects(
        self, differing: Sequence[int], mysql: Counts, lake: Counts
    ) -> tuple[Collection[Key], bool]:
        """The keys that differ, as many as are looked at, and whether there are more."""
        found: list[Key] = []
        for chunks in self._batches(differing, mysql, lake):
            found += self._differing_keys(chunks)
            if len(found) > self._options.max_suspects:
                break
        limit = self._options.max_suspects
        return found[:limit], len(found) > limit

    def _differing_keys(self, chunks: Sequence[int]) -> Collection[Key]:
        mysql = self._mysql.keys(chunks)
        lake = self._lake.keys(chunks)
        if self._table.layout.on_delete == "ignore" and self._shape.floor is None:
            lake = {key: checksum for key, checksum in lake.items() if key in mysql}
        return suspects_of(mysql, lake)

    def _batches(
        self, differing: Sequence[int], mysql: Counts, lake: Counts
    ) -> Iterator[Sequence[int]]:
        batch: list[int] = []
        held = 0
        for chunk in differing:
            held += sum(side.sums.get(chunk, (0, 0))[0] for side in (mysql, lake))
            batch.append(chunk)
            if held >= self._options.keys_at_once:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch

    def _settle(self, suspects: Collection[Key], progress: Progress) -> Verdict:
        settler = Settler(
            self._shape,
            self._mysql,
            self._lake,
            lambda meanwhile: self._barriers.wait(self._table, meanwhile),
        )
        return settler.settle(suspects, progress)
