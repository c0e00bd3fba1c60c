"""Every failure of the job that has a meaning, drawn once.

CdcError                    what happened, with which value; and the remedy
├── ConfigError             the desired-state document is wrong
├── LeaseHeldError          another job writes this lake
├── TablePausedError        this table cannot go on by itself: its query stops, the others go on
│   ├── UnknownSchemaError  a schema that is not in the schemas topic
│   │   └── OversizedError  the converter left the message out, for no broker would take it
│   ├── QuarantineFullError too many messages of one batch cannot be applied
│   ├── ColumnTypeError     a column whose type the lake has no place for
│   ├── SchemaChangeError   a change of schema that needs a rewrite or a rebuild
│   ├── TopicLostError      the topic is another one, or Kafka no longer has the next offset
│   ├── ServerLostError     MySQL's log is not the one that was read before
│   ├── UnseenChangeError   a change of definition that no row in the binlog tells
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


class LeaseHeldError(CdcError):
    """Another job writes this lake."""


class TablePausedError(CdcError):
    """A table that cannot go on by itself; the others go on.

    `keeps_rows`: what the lake has is right as far as it goes, only what came after it is missing.
    """

    keeps_rows = False


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

    keeps_rows = True


class ServerLostError(TablePausedError):
    """MySQL's log is not the one that was read before."""

    keeps_rows = True


class UnseenChangeError(TablePausedError):
    """A change of definition that no row in the binlog tells."""

    def __init__(self, message: str, *, remedy: str, keeps_rows: bool) -> None:
        super().__init__(message, remedy=remedy)
        self.keeps_rows = keeps_rows


class WriterClashError(TablePausedError):
    """The table's state is not what this job left behind: another writer is at work."""


class TransientError(CdcError):
    """A server is away; what failed is tried again with back-off."""
