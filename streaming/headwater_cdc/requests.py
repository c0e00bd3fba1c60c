"""What is asked of a running table: `<control>/requests/<table>.json`, gone when it is done.

replay   apply what is quarantined, and what came later for the same keys, in the topic's order
remove   remove the rows last written up to `until`, once all before `after_offset` is applied;
         with `record_keys` only those that have one of these `_hoodie_record_key`
begin    go on from the topic's end, rows kept; a snapshot asked for then sets them right
rebuild  empty the table and go on from the topic's end; a snapshot asked for then fills it

A request that fails stays, with `failed` and `remedy`; whoever asked reads and removes it. All may
be done twice, so that a crash in between does no harm.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, get_args

from headwater_cdc.errors import ConfigError

if TYPE_CHECKING:
    from headwater_cdc.storage import Storage

log = logging.getLogger(__name__)
Action = Literal["replay", "remove", "begin", "rebuild"]
_SUFFIX: Final = ".json"


@dataclass(frozen=True)
class Request:
    """One request; `until` is a Hudi instant, `after_offset` an offset of the table's topic.

    The `id` is unique: a table does a request once, also if it sees it again while it is removed.
    """

    id: str
    action: Action
    until: str = ""
    after_offset: int = 0
    record_keys: tuple[str, ...] = ()
    failed: str = ""
    remedy: str = ""

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Request:
        """As it was stored; raises ConfigError where it is no request."""
        try:
            document = json.loads(text)
            request = cls(**{**document, "record_keys": tuple(document.get("record_keys", ()))})
        except (AttributeError, TypeError, ValueError) as error:
            raise ConfigError(f"not a request: {text[:200]!r}: {error}") from error
        if request.action not in get_args(Action):
            raise ConfigError(f"{request.action!r} is no request; valid are {get_args(Action)}")
        return request


def uri_of(control: str, table: str) -> str:
    """Where a table's request lies."""
    return f"{control}/requests/{table}{_SUFFIX}"


class Requests:
    """Reads what is asked for, and answers."""

    def __init__(self, storage: Storage, control: str) -> None:
        self._storage = storage
        self._control = control

    def open(self) -> dict[str, Request]:
        """The requests that wait, by table."""
        found = {}
        for name in self._storage.names(f"{self._control}/requests"):
            table = name.removesuffix(_SUFFIX)
            text = self._storage.read(uri_of(self._control, table))
            try:
                request = Request.from_json(text or "{}")
            except ConfigError as error:
                log.warning("%s: %s", table, error.message)
                continue
            if not request.failed:
                found[table] = request
        return found

    def done(self, table: str) -> None:
        """It is done."""
        self._storage.delete(uri_of(self._control, table))

    def fail(self, table: str, request: Request, failed: str, remedy: str) -> None:
        """It cannot be done."""
        answer = replace(request, failed=failed, remedy=remedy)
        self._storage.write(uri_of(self._control, table), answer.to_json())
