"""Messages of our topics as plain Python values: a handful, where Spark would be too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from headwater.errors import VerifyError
from headwater.lake.avro_reader import read
from headwater.topics import SCHEMAS_TOPIC
from headwater_cdc.envelope import HEADER_LENGTH, fingerprint_of

if TYPE_CHECKING:
    from headwater.topics import Topics


class Decoder:
    """Reads what the wire's header and the schemas topic tell how to read (docs/wire.md).

    It reads the schemas topic through the same `topics`: take other messages as a list first.
    """

    def __init__(self, topics: Topics) -> None:
        self._topics = topics
        self._schemas: dict[str, Any] = {}
        self._schemas_read = 0

    def value(self, message: bytes | None) -> dict[str, Any] | None:
        """The record that a message holds; None where it has no header of ours."""
        fingerprint = fingerprint_of(message or b"")
        if fingerprint is None or message is None:
            return None
        found = read(self._schema(fingerprint), message[HEADER_LENGTH:])
        return found if isinstance(found, dict) else None

    def _schema(self, fingerprint: str) -> Any:  # noqa: ANN401 - an Avro schema
        if fingerprint not in self._schemas:
            for message in list(self._topics.messages(SCHEMAS_TOPIC, self._schemas_read)):
                self._schemas_read = message.offset + 1
                if message.key and message.value:
                    self._schemas[message.key.decode()] = json.loads(message.value)
        if fingerprint not in self._schemas:
            raise VerifyError(
                f"schema {fingerprint} is not in topic {SCHEMAS_TOPIC}",
                remedy="`headwater logs connect` shows whether the converter could write it",
            )
        return self._schemas[fingerprint]
