"""One run of changes becomes one Hudi commit that carries the table's new state."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pyspark.sql import functions as F  # noqa: N812

from headwater_cdc import apply, faults, hudi
from headwater_cdc.errors import WriterClashError
from headwater_cdc.names import DELETED, RECORD_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyspark.sql import DataFrame

    from headwater_cdc.apply import Group
    from headwater_cdc.config import TableConfig
    from headwater_cdc.hudi import LakeTable
    from headwater_cdc.shape import Shape
    from headwater_cdc.state import TableState

log = logging.getLogger(__name__)
UPKEEP_EVERY = 20  # commits


class Committer:
    """The writing end of one table; holds its state between commits.

    `committed` hears of every commit, and whether the table's upkeep is due. `stands_at` is the
    offset that the table's newest commit tells, where that is not the state's: the table begins
    anew.
    """

    def __init__(
        self,
        config: TableConfig,
        lake: LakeTable,
        state: TableState,
        committed: Callable[[Shape, bool], None],
        stands_at: int | None = None,
    ) -> None:
        self.config = config
        self.state = state
        self._lake = lake
        self._committed = committed
        self._commits = 0
        self._newest = ""
        self._stands_at = state.next_offset if stands_at is None else stands_at

    def resume(self, of: Shape) -> None:
        """Finish what a crash left between a snapshot's last rows and the removal of old ones."""
        if self._cleanup_due():
            self._remove_vanished(of)

    def commit(
        self, changes: DataFrame, groups: Sequence[Group], of: Shape, next_offset: int
    ) -> None:
        """Apply the run: the last change of each key, after what a truncate removed."""
        began = time.monotonic()
        self._refuse_clash()
        count = sum(group.count for group in groups)
        if apply.may_be_redelivered(groups, self.state):
            changes = apply.live(changes, self.state)
            groups = apply.summary(changes)
        state = self._next_state(groups, of, next_offset)
        self._write(self._rows(changes, groups, of), of, state)
        log.info(
            "%s: %d messages to offset %d, generation %d, %d ms",
            self.config.name, count, next_offset, state.generation, _ms_since(began),
        )  # fmt: skip
        if self._cleanup_due():
            self._remove_vanished(of)

    def apply_again(self, changes: DataFrame, groups: Sequence[Group], of: Shape) -> None:
        """Apply changes that the table's offset has left behind, whatever their GTIDs."""
        self._refuse_clash()
        state = replace(self.state, applied_ts_ms=_now_ms())
        self._write(self._rows(changes, groups, of), of, state)

    def remove_older(self, until: str, of: Shape, record_keys: Sequence[str] = ()) -> None:
        """Remove the rows last written at that instant or before: a new generation is complete.

        With keys only those rows of them, and the generation goes on.
        """
        self._refuse_clash()
        generation = self.state.generation + (0 if record_keys else 1)
        state = replace(self.state, generation=generation, applied_ts_ms=_now_ms())
        self._write(self._removals(of, until, record_keys), of, state)

    def _rows(self, changes: DataFrame, groups: Sequence[Group], of: Shape) -> DataFrame:
        if of.append_only:
            return apply.appended(changes, partition_by=self.config.partition_by)
        deletes = self.config.on_delete == "apply"
        truncates = [g.last_truncate for g in groups if g.last_truncate is not None]
        truncated = max(truncates) if truncates and deletes else None
        if truncated is not None:
            changes = changes.where(F.col("offset") > truncated)
        rows = apply.reduced(
            changes, of, with_deletes=deletes, partition_by=self.config.partition_by
        )
        if truncated is None or not self._newest:
            return rows
        keys = list(of.key_names)
        others = self._removals(of, None).join(rows.select(*keys), on=keys, how="left_anti")
        return rows.unionByName(others)

    def _write(self, rows: DataFrame, of: Shape, state: TableState) -> None:
        faults.reach("before_commit")
        began = time.monotonic()
        self._commits += 1
        due = self._commits % UPKEEP_EVERY == 0
        changed = self.state.schema_id not in ("", of.value_id)
        compaction = hudi.compaction(self.config, due=due, columns_changed=changed)
        with faults.during("mid_commit"):
            self._lake.write(rows, of.key_names, state, compaction)
        faults.reach("after_commit")
        self.state = replace(state, last_commit_ms=_ms_since(began))  # told by the next commit
        self._stands_at = state.next_offset
        self._committed(of, due or changed)

    def _cleanup_due(self) -> bool:
        return bool(self.state.generation_since) and not self.state.snapshot_open

    def _remove_vanished(self, of: Shape) -> None:
        """The snapshot is complete: what it did not show is of an older generation and goes."""
        faults.reach("mid_snapshot")
        began = time.monotonic()
        state = replace(self.state, generation_since="", applied_ts_ms=_now_ms())
        self._write(self._removals(of, self.state.generation_since), of, state)
        log.info("%s: rows of older generations removed, %d ms", self.config.name, _ms_since(began))

    def _removals(self, of: Shape, until: str | None, record_keys: Sequence[str] = ()) -> DataFrame:
        """The removal of every row (of these keys) last written at that instant or before."""
        keys = set(of.key_names)
        values = [
            (F.col(column.name) if column.name in keys else F.lit(None))
            .cast(column.lake_type)
            .alias(column.name)
            for column in of.columns
        ]
        rows = self._lake.rows(until)
        if record_keys:
            rows = rows.where(F.col(RECORD_KEY).isin(list(record_keys)))
        gone = rows.select(*values, F.expr("true").alias(DELETED))
        return apply.with_day(gone, self.config.partition_by)

    def _next_state(self, groups: Sequence[Group], of: Shape, next_offset: int) -> TableState:
        state = self.state
        kinds = {group.kind for group in groups}
        if "first" in kinds or (kinds & {"snapshot", "last"} and not state.snapshot_open):
            state = state.begin_snapshot(self._newest)
        if state.snapshot_open and kinds & {"last", "stream"}:
            kept = "" if self.config.on_delete == "ignore" else state.generation_since
            state = replace(state, snapshot_open=False, generation_since=kept)
        return state.advance(
            next_offset=next_offset,
            key_schema_id=of.key_id,
            schema_id=of.value_id,
            gtids=apply.highest(groups),
            last_server=apply.last_server(groups),
            source_ts_ms=max((g.source_ts_ms or 0 for g in groups), default=0),
            applied_ts_ms=_now_ms(),
        )

    def _refuse_clash(self) -> None:
        """Raise if somebody else has committed; and see which instant is the newest."""
        self._newest, found = self._lake.newest()
        stands_at = found.next_offset if found is not None else 0
        if self._newest and stands_at != self._stands_at:
            raise WriterClashError(
                f"the table's state stands at offset {stands_at}, this job left it at "
                f"{self._stands_at}: another job writes the table",
                remedy="stop the other job, then remove this table's status file",
            )


def _now_ms() -> int:
    return int(time.time() * 1000)


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
