"""Whether the heartbeats go on where they ended: what a server that was reset cannot imitate.

Every beat is a change of one row that raises its counter by one, so each beat says two things: its
counter, which lives in the data, and its GTID, which the server gives. Redelivered beats have old
counters and old GTIDs; new ones have the next counter and a new GTID. Anything else means that the
server's log is not the one that was read: it was reset, restored, or lost transactions.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final

FILE: Final = "beats.json"  # in the control folder


@dataclass(frozen=True)
class Beat:
    """One change of the heartbeat's row; a row of a snapshot has no server and the number 0."""

    counter: int
    server: str = ""
    number: int = 0


@dataclass
class Continuity:
    """How far the beats were followed: an offset of their topic, the counter, GTIDs by server.

    `broken` says what does not fit, for good: it is lifted by removing this record.
    """

    offset: int = 0
    counter: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    broken: str = ""

    def take(self, beat: Beat, *, skipped: bool = False) -> None:
        """The next beat of the topic; with `skipped`, Kafka has dropped some before it."""
        if not self.broken:
            self.broken = self._contradiction(beat, skipped=skipped)
        self.counter = max(self.counter, beat.counter)
        if beat.server:
            self.numbers[beat.server] = max(beat.number, self.numbers.get(beat.server, 0))

    def _contradiction(self, beat: Beat, *, skipped: bool) -> str:
        if not self.counter or not beat.server:
            return ""
        known = self.numbers.get(beat.server, 0)
        told = f"heartbeat {beat.counter} has GTID {beat.server}:{beat.number}"
        if beat.counter > self.counter:
            if beat.number <= known:
                return f"{told}, but {known} was read before it: the server was reset"
            if beat.counter > self.counter + 1 and not skipped:
                return f"{told}, but the last one was {self.counter}: changes in between are lost"
        elif beat.number > known:
            return (
                f"{told}, a new one, but {self.counter} was read before it: the server lacks "
                "transactions, as after a restored backup or a replica that was behind"
            )
        return ""

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str | None) -> Continuity:
        """As it was stored; one without a past where there is none."""
        return cls(**json.loads(text)) if text else cls()
