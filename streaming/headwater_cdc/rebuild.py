"""A table that is read anew: emptied at once, its place in the topic remembered until it has rows.

A table's state lives in its commits, and a rebuild removes them: between that and the first commit
the state lies in `<control>/rebuild/<table>.json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater_cdc.state import TableState

if TYPE_CHECKING:
    from headwater_cdc.storage import Storage
    from headwater_cdc.topics import Topic


class Rebuilds:
    """The tables that were emptied and have no commit yet."""

    def __init__(self, storage: Storage, control: str) -> None:
        self._storage = storage
        self._control = control

    def begin(self, table: str, path: str, topic: Topic, old: TableState | None) -> None:
        """Remember to go on from the topic's end, then remove all that the table has."""
        state = TableState(
            topic=topic.name,
            topic_id=topic.id,
            next_offset=topic.end,
            generation=1 if old is None else old.generation + 1,
        )
        self._storage.write(self._uri(table), state.to_json())
        self._storage.delete(path)

    def state_of(self, table: str) -> TableState | None:
        """Where an emptied table goes on; None for any other."""
        text = self._storage.read(self._uri(table))
        return None if text is None else TableState.from_json(text)

    def done(self, table: str) -> None:
        """The table has a commit, and with it a state of its own."""
        self._storage.delete(self._uri(table))

    def _uri(self, table: str) -> str:
        return f"{self._control}/rebuild/{table}.json"
