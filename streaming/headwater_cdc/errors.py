"""Every failure of the job that has a meaning, drawn once.

CdcError                    what happened, with which value; and the remedy
├── ConfigError             the desired-state document is wrong
├── TablePausedError        this table cannot go on by itself: its query stops, the others go on
│   ├── UnknownSchemaError  a schema that is not in the schemas topic
│   │   └── OversizedError  the converter left the message out, for no broker would take it
│   ├── QuarantineFullError too many messages of one batch cannot be applied
│   ├── ColumnTypeError     a column whose type the lake has no place for
│   ├── SchemaChangeError   a change of schema that needs a rewrite or a rebuild
│   ├── TopicLostError      the topic is another one, or Kafka no longer has the next offset
│   └── WriterClashError    somebody else moved the table's state
└── TransientError          Kafka, S3 or Glue is away: tried again with back-off, for ever
"""

from __future__ import annotations


class CdcError(Exception):
    """A failure with a meaning: `message` says what, `remedy` what to do next."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class ConfigError(CdcError):
    """The desired-state document is wrong."""


class TablePausedError(CdcError):
    """A table that cannot go on by itself; the others go on."""


class UnknownSchemaError(TablePausedError):
    """A schema that is not in the schemas topic: its messages are quarantined."""


class OversizedError(UnknownSchemaError):
    """A mark in the place of a message that was too large: it is quarantined."""


class QuarantineFullError(TablePausedError):
    """Too many messages of one batch cannot be applied."""


class ColumnTypeError(TablePausedError):
    """A column whose type the lake has no place for."""


class SchemaChangeError(TablePausedError):
    """A change of schema that cannot simply be applied."""


class TopicLostError(TablePausedError):
    """The topic is not the one that was read before, or lost messages not yet applied."""


class WriterClashError(TablePausedError):
    """The table's state is not what this job left behind: another writer is at work."""


class TransientError(CdcError):
    """A server is away; what failed is tried again with back-off."""
