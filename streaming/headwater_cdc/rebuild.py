"""A table that begins anew: its new place in the topic is remembered until it has a commit.

A table's state lives in its commits. Between a new beginning, which removes them or passes them
over, and the first commit after it, the state lies in `<control>/rebuild/<table>.json`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from headwater_cdc.state import TableState

if TYPE_CHECKING:
    from headwater_cdc.storage import Storage
    from headwater_cdc.topics import Topic


def newer(found: TableState | None, begun: TableState | None) -> TableState | None:
    """Of the state in the commits and that of a new beginning, the one that counts."""
    if begun is None or (found is not None and found.generation >= begun.generation):
        return found
    return begun


def uri_of(control: str, table: str) -> str:
    """Where the state of a table's new beginning lies."""
    return f"{control}/rebuild/{table}.json"


class Rebuilds:
    """The tables that began anew and have no commit since."""

    def __init__(self, storage: Storage, control: str) -> None:
        self._storage = storage
        self._control = control

    def begin(self, table: str, topic: Topic | None, old: TableState | None) -> None:
        """Remember to go on from the topic's end, whatever was applied of older servers.

        A topic that is not there yet is read from its beginning.
        """
        generation = 0 if old is None else old.generation
        state = replace(
            old or TableState(""),
            topic="" if topic is None else topic.name,
            topic_id="" if topic is None else topic.id,
            next_offset=0 if topic is None else topic.end,
            generation=generation + 1,
            gtids={},
            last_server="",
        )
        self._storage.write(self._uri(table), state.to_json())

    def empty(self, table: str, path: str, topic: Topic | None, old: TableState | None) -> None:
        """Begin anew, then remove all that the table has, its columns too."""
        generation = 0 if old is None else old.generation
        self.begin(table, topic, TableState("", generation=generation))
        self._storage.delete(path)

    def state_of(self, table: str, found: TableState | None) -> TableState | None:
        """Where a table goes on that was found in this state: there, unless it began anew."""
        text = self._storage.read(self._uri(table))
        return newer(found, None if text is None else TableState.from_json(text))

    def done(self, table: str) -> None:
        """The table has a commit, and with it a state of its own."""
        self._storage.delete(self._uri(table))

    def _uri(self, table: str) -> str:
        return uri_of(self._control, table)
