"""The messages that the streaming job could not apply, as people look at them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from headwater.errors import TargetError, VerifyError
from headwater.lake import files, requests
from headwater.lake.messages import Decoder
from headwater.topics import Topics
from headwater_cdc.quarantine import Kept, file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headwater.connections import Aws, Connections

SHOWN_BYTES = 200
_FOLDER = f"{files.CONTROL}/quarantine"


def counts(aws: Aws) -> dict[str, int]:
    """How many messages of each table wait; tables without any are left out."""
    found: dict[str, int] = {}
    for key in files.keys(aws, f"{_FOLDER}/"):
        table = key.split("/")[-2]
        found[table] = found.get(table, 0) + 1
    return found


def messages(aws: Aws, wanted: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One record per message, in the order of tables and offsets."""
    names = wanted or sorted(counts(aws))
    return [_line(table, message) for table in names for message in kept(aws, table)]


def kept(aws: Aws, table: str) -> list[Kept]:
    """The messages of a table, in order."""
    texts = (files.read_text(aws, key) for key in files.keys(aws, f"{_FOLDER}/{table}/"))
    return [Kept.from_json(text) for text in texts if text is not None]


def show(connections: Connections, table: str, offset: int) -> dict[str, Any]:
    """One message with its key and value, decoded where they can be, else in hex."""
    text = files.read_text(connections.aws, f"{_FOLDER}/{table}/{file_name(offset)}")
    if text is None:
        raise TargetError(
            f"{table}: offset {offset} is not quarantined",
            remedy="`headwater quarantine list` shows what is",
        )
    message = Kept.from_json(text)
    with Topics(connections.kafka) as topics:
        decoder = Decoder(topics)
        parts = {name: _told(decoder, getattr(message, name)) for name in ("key", "value")}
    return {**_line(table, message), **parts}


def replay(aws: Aws, table: str) -> tuple[int, int]:
    """Have a table's messages applied; how many were, and how many still cannot be."""
    before = len(kept(aws, table))
    if before:
        requests.ask(aws, table, "replay")
        requests.wait(aws, table)
    after = len(kept(aws, table))
    return before - after, after


def _line(table: str, message: Kept) -> dict[str, Any]:
    at = datetime.fromtimestamp(message.at_ms / 1000, UTC)
    return {
        "table": table,
        "topic": message.topic,
        "offset": message.offset,
        "since": at.isoformat(sep=" ", timespec="seconds"),
        "bytes": len(message.value or b""),
        "reason": message.reason,
    }


def _told(decoder: Decoder, raw: bytes | None) -> Any:  # noqa: ANN401 - any record
    if raw is None:
        return None
    try:
        record = decoder.value(raw)
    except (VerifyError, ValueError, IndexError):
        record = None
    if record is not None:
        return record
    cut = "…" if len(raw) > SHOWN_BYTES else ""
    return raw[:SHOWN_BYTES].hex(" ") + cut
