"""Every error that Headwater raises on purpose, drawn once.

HeadwaterError                what happened, with which value; and the remedy
├── ConfigError               a setting is missing, unknown or of the wrong kind
├── DeclarationError          a feed or capture declaration is wrong (file, line, key)
├── TransformError            a response does not fit its declaration
├── StackError                the local stack
│   ├── RequirementError      the machine lacks something that doctor names
│   ├── DownloadError         an artifact could not be fetched or has the wrong hash
│   └── ServiceError          a service does not start, does not answer, or died
├── TargetError               MySQL, NiFi, Connect, Glue or Superset refused a change
│   └── DriftError            what runs is not what is declared, where it has to be
├── QueryError                SQL failed; carries the engine's own words
└── VerifyError               a comparison could not be carried out (a difference is no error)

Exit codes of the command line are data too: see ExitCode.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line returns to the shell."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNHEALTHY = 3
    INTERRUPTED = 130


class HeadwaterError(Exception):
    """A handled failure: `message` names the thing and the value, `remedy` what to do next."""

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  remedy: {self.remedy}" if self.remedy else self.message


class ConfigError(HeadwaterError):
    """A setting is missing, unknown or of the wrong kind."""

    exit_code = ExitCode.USAGE


class DeclarationError(HeadwaterError):
    """A feed or capture declaration is wrong."""

    exit_code = ExitCode.USAGE


class TransformError(HeadwaterError):
    """A response does not fit its declaration."""


class StackError(HeadwaterError):
    """Something about the local stack."""

    exit_code = ExitCode.UNHEALTHY


class RequirementError(StackError):
    """The machine lacks something that `headwater doctor` names."""


class DownloadError(StackError):
    """An artifact could not be fetched, or its hash is not the expected one."""


class ServiceError(StackError):
    """A service does not start, does not answer, or died."""


class TargetError(HeadwaterError):
    """MySQL, NiFi, Connect, Glue or Superset refused a change."""


class DriftError(TargetError):
    """What runs differs from what is declared, in a place where it must not."""


class QueryError(HeadwaterError):
    """SQL failed; the message carries the engine's own words."""


class VerifyError(HeadwaterError):
    """A comparison of MySQL and the lake could not be carried out."""


class LakeBehindError(VerifyError):
    """The lake does not have yet what MySQL declares; a barrier may bring it."""
