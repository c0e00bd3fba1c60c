"""How far a table has come: what each of our Hudi commits carries beside its rows."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

from headwater_cdc.errors import TablePausedError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
KEY = "headwater.state"


@dataclass(frozen=True)
class TableState:
    """Everything that a restart needs; see docs/contracts.md, "A table's state"."""

    topic: str
    topic_id: str = ""
    next_offset: int = 0
    key_schema_id: str = ""
    schema_id: str = ""
    generation: int = 1
    generation_since: str = ""
    snapshot_open: bool = False
    gtids: Mapping[str, int] = field(default_factory=dict)
    last_server: str = ""
    source_ts_ms: int = 0
    applied_ts_ms: int = 0
    last_commit_ms: int = 0  # how long the commit before this one took

    def to_json(self) -> str:
        """As the commit carries it."""
        return json.dumps({"version": VERSION, **asdict(self)}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> TableState:
        """From a commit; a newer version is not guessed at."""
        document = json.loads(text)
        version = document.pop("version", None)
        if version != VERSION:
            raise TablePausedError(
                f"the table's state has version {version!r}, this job knows {VERSION}",
                remedy="run the job version that wrote the table, or a newer one",
            )
        known = {k: v for k, v in document.items() if k in cls.__dataclass_fields__}
        return cls(**known)

    def advance(
        self,
        *,
        next_offset: int,
        key_schema_id: str,
        schema_id: str,
        gtids: Mapping[str, int],
        last_server: str,
        source_ts_ms: int,
        applied_ts_ms: int,
    ) -> TableState:
        """After a batch: offsets and GTIDs only grow."""
        if next_offset < self.next_offset:
            raise ValueError(f"state would go back from {self.next_offset} to {next_offset}")
        merged = dict(self.gtids)
        for server, number in gtids.items():
            merged[server] = max(number, merged.get(server, number))
        return replace(
            self,
            next_offset=next_offset,
            key_schema_id=key_schema_id,
            schema_id=schema_id,
            gtids=merged,
            last_server=last_server or self.last_server,
            source_ts_ms=max(self.source_ts_ms, source_ts_ms),
            applied_ts_ms=applied_ts_ms,
        )

    def begin_snapshot(self, newest_instant: str) -> TableState:
        """A snapshot's first row: what was written before it is of an older generation.

        When the snapshot is complete, `snapshot_open` is taken back; `generation_since` stays until
        the rows of older generations are removed, so that a crash in between leaves its trace.
        """
        return replace(
            self,
            generation=self.generation + (1 if self.next_offset else 0),
            generation_since=newest_instant,
            snapshot_open=True,
        )
