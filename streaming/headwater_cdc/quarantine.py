"""What cannot be applied is kept aside: `<control>/quarantine/<table>/<offset>.json`, one by one.

Kept before the commit that passes it over, under its offset: a batch that comes again after a crash
keeps the same messages under the same names.
"""

from __future__ import annotations

import base64
import json
import logging
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from headwater_cdc.errors import QuarantineFullError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from headwater_cdc.config import TableConfig
    from headwater_cdc.storage import Storage

log = logging.getLogger(__name__)
VERSION: Final = 1
LIMIT: Final = 1000  # messages of one batch: more is not bad luck but a wrong configuration
_DIGITS: Final = 20


@dataclass(frozen=True)
class Kept:
    """One message as Kafka had it, and why it was not applied."""

    topic: str
    offset: int
    reason: str
    key: bytes | None
    value: bytes | None
    at_ms: int = 0

    def to_json(self) -> str:
        """As it is stored; key and value in base64."""
        return json.dumps(
            {
                "version": VERSION,
                **asdict(self),
                "key": _encoded(self.key),
                "value": _encoded(self.value),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Kept:
        """As it was stored."""
        document = json.loads(text)
        document.pop("version", None)
        for name in ("key", "value"):
            encoded = document[name]
            document[name] = None if encoded is None else base64.b64decode(encoded)
        return cls(**document)


def file_name(offset: int) -> str:
    """Files sort as offsets do."""
    return f"{offset:0{_DIGITS}d}.json"


class Quarantine:
    """The messages of one table that wait to be looked at."""

    def __init__(self, storage: Storage, control: str, table: TableConfig) -> None:
        self._storage = storage
        self._table = table
        self._folder = f"{control}/quarantine/{table.name}"

    def keep(self, messages: Sequence[tuple[int, bytes | None, bytes | None, str]]) -> None:
        """Keep offset, key, value and reason of each message."""
        if len(messages) > LIMIT:
            raise QuarantineFullError(
                f"topic {self._table.topic}: {LIMIT} messages and more from offset "
                f"{messages[0][0]} on cannot be applied: {messages[0][3]}",
                remedy="is this the topic of a connector with our converter (docs/wire.md)? "
                f"`headwater snapshot {self._table.name}` reads the table anew, behind them",
            )
        now = int(time.time() * 1000)
        for offset, key, value, reason in messages:
            kept = Kept(self._table.topic, offset, reason, _raw(key), _raw(value), now)
            self._storage.write(f"{self._folder}/{file_name(offset)}", kept.to_json())
            log.warning("%s: offset %d quarantined: %s", self._table.name, offset, reason)

    def all(self) -> list[Kept]:
        """What is kept, in the topic's order."""
        names = sorted(self._storage.names(self._folder))
        texts = (self._storage.read(f"{self._folder}/{name}") for name in names)
        return [Kept.from_json(text) for text in texts if text is not None]

    def release(self, offsets: Iterable[int]) -> None:
        """These are applied now."""
        for offset in offsets:
            self._storage.delete(f"{self._folder}/{file_name(offset)}")


def _encoded(raw: bytes | None) -> str | None:
    return None if raw is None else base64.b64encode(raw).decode()


def _raw(value: bytes | bytearray | None) -> bytes | None:
    return None if value is None else bytes(value)
