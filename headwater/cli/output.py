"""The one module that prints: data to stdout, messages to stderr, as text, JSON or CSV."""

from __future__ import annotations

import csv
import json
import os
import sys
from abc import ABC, abstractmethod
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Format = Literal["table", "json", "csv"]
Row = dict[str, Any]

_COLOURS = {"ok": "32", "warn": "33", "bad": "31", "dim": "2", "bold": "1"}


class Output(ABC):
    """What commands talk to; messages are the same in every format, data is not."""

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        self._stdout = stdout or sys.stdout
        self._stderr = stderr or sys.stderr
        self._transient = False

    @abstractmethod
    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
        """A table of records."""

    @abstractmethod
    def document(self, document: Mapping[str, Any]) -> None:
        """One nested record."""

    def text(self, text: str) -> None:
        """Plain data, the same in every format."""
        print(text, file=self._stdout, flush=True)

    def message(self, text: str, style: str = "") -> None:
        """A line for the person in front of the terminal."""
        self._end_transient()
        print(self.styled(text, style), file=self._stderr, flush=True)

    def transient(self, text: str) -> None:
        """A line that the next one replaces; off a terminal it is not shown."""
        if self._stderr.isatty():
            print(f"\r\033[K{text[:110]}", end="", file=self._stderr, flush=True)
            self._transient = True

    def styled(self, text: str, style: str) -> str:
        """The text in a colour, where colours are wanted."""
        wanted = self._stderr.isatty() and "NO_COLOR" not in os.environ
        return f"\033[{_COLOURS[style]}m{text}\033[0m" if style and wanted else text

    def _end_transient(self) -> None:
        if self._transient:
            print("\r\033[K", end="", file=self._stderr)
            self._transient = False


class TextOutput(Output):
    """Aligned columns for people."""

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
        """Print a header and one aligned line per record."""
        names = list(columns or (rows[0] if rows else ()))
        lines = [names, *([_cell(row.get(name)) for name in names] for row in rows)]
        widths = [max(len(line[i]) for line in lines) for i in range(len(names))]
        for number, line in enumerate(lines):
            cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            self.text("  ".join(cells).rstrip())
            if number == 0:
                self.text("  ".join("-" * width for width in widths))

    def document(self, document: Mapping[str, Any]) -> None:
        """Print each section: lists of records as tables, the rest as `name: value`."""
        for name, value in document.items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                self.text(f"\n{name}")
                self.rows(value)
            else:
                self.text(f"{name}: {_cell(value)}")


class JsonOutput(Output):
    """One JSON value on stdout."""

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
        """Print an array of objects."""
        names = columns or (list(rows[0]) if rows else [])
        self._dump([{name: row.get(name) for name in names} for row in rows])

    def document(self, document: Mapping[str, Any]) -> None:
        """Print the object."""
        self._dump(document)

    def _dump(self, value: Any) -> None:  # noqa: ANN401 - any JSON value
        self.text(json.dumps(value, indent=2, default=_plain, ensure_ascii=False))


class CsvOutput(Output):
    """Comma-separated values with a header."""

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str] | None = None) -> None:
        """Print a header and one line per record; NULL is empty."""
        names = list(columns or (rows[0] if rows else ()))
        writer = csv.writer(self._stdout, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([["" if row.get(n) is None else row[n] for n in names] for row in rows])

    def document(self, document: Mapping[str, Any]) -> None:
        """Print name and value."""
        self.rows([{"name": name, "value": value} for name, value in document.items()])


def make(form: str) -> Output:
    """The output of a format name."""
    return {"json": JsonOutput, "csv": CsvOutput}.get(form, TextOutput)()


def human_bytes(count: float) -> str:
    """A size for people, in powers of 1,000 as disks are sold."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:  # noqa: PLR2004
            return f"{count:.0f} {unit}" if unit in ("B", "kB") else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _cell(value: Any) -> str:  # noqa: ANN401 - a cell can hold any value
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}"
    return str(value).replace("\n", " ")


def _plain(value: Any) -> Any:  # noqa: ANN401 - see json.dumps(default=…)
    if isinstance(value, Decimal | Path):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
