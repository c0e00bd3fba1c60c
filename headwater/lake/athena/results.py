"""Query results: one CSV object on S3 per query, exactly as Athena writes it.

Every value stands in double quotes, NULL is nothing at all; so the file says everything that
GetQueryResults has to answer, and pages are read back from it. A result passes through a file in
the spool folder and never through memory as a whole; the spool is a cache, S3 keeps the results.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import IO, TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from headwater.lake.athena.protocol import invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from types import TracebackType

Row = list[str | None]
SPOOL_BYTES = 1 << 30
# A quoted value with doubled quotes, or nothing; then the comma or the end of the line.
_VALUE = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)")?[,\n]')


class ResultWriter:
    """Writes a result to a spool file: CSV for queries, one line a row for SHOW and the like."""

    def __init__(self, path: Path, *, csv: bool) -> None:
        self._path = path
        self._line = _csv_line if csv else _text_line
        self.rows = 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = self._path.open("wb", buffering=1 << 16)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    def write(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Append rows."""
        for row in rows:
            self._file.write(self._line(row))
            self.rows += 1


def _csv_line(row: Sequence[str | None]) -> bytes:
    values = ("" if v is None else '"' + v.replace('"', '""') + '"' for v in row)
    return (",".join(values) + "\n").encode()


def _text_line(row: Sequence[str | None]) -> bytes:
    return ("\t".join(v or "" for v in row) + "\n").encode()


def read_page(
    path: Path, token: str | None, limit: int, *, csv: bool
) -> tuple[list[Row], str | None]:
    """Rows from where the token points to (the start, without one), and the next token."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(_offset(token, size))
        rows: list[Row] = []
        while len(rows) < limit:
            row = _read_csv_row(file) if csv else _read_text_row(file)
            if row is None:
                break
            rows.append(row)
        position = file.tell()
    return rows, _token(position) if position < size else None


def _read_csv_row(file: IO[bytes]) -> Row | None:
    line = file.readline()
    if not line:
        return None
    while line.count(b'"') % 2:  # a value with a line break in it
        more = file.readline()
        if not more:
            break
        line += more
    values = (match.group(1) for match in _VALUE.finditer(line))
    return [None if v is None else v.replace(b'""', b'"').decode() for v in values]


def _read_text_row(file: IO[bytes]) -> Row | None:
    line = file.readline()
    return [line.removesuffix(b"\n").decode()] if line else None


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"at:{offset}".encode()).decode()


def _offset(token: str | None, size: int) -> int:
    if not token:
        return 0
    try:
        mark, _, digits = base64.urlsafe_b64decode(token).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        mark, digits = "", ""
    if mark != "at" or not digits.isdecimal() or int(digits) > size:
        raise invalid(f"Invalid pagination token: {token}")
    return int(digits)


class ResultStore:
    """Results on S3, with a bounded folder of local copies."""

    def __init__(self, s3: Any, spool: Path, limit: int = SPOOL_BYTES) -> None:  # noqa: ANN401 - boto3
        self._s3 = s3
        self._spool = spool
        self._limit = limit

    def spool(self, query_id: str) -> Path:
        """The local file of a query's result."""
        return self._spool / query_id

    def publish(self, query_id: str, location: str) -> None:
        """Put a finished result where the caller wants it."""
        bucket, key = _split(location)
        self._s3.upload_file(
            str(self.spool(query_id)),
            bucket,
            key,
            ExtraArgs={"ContentType": "application/octet-stream"},
        )
        self._trim(keep=query_id)

    def fetch(self, query_id: str, location: str) -> Path:
        """The local copy of a result, from S3 if it is no longer here."""
        path = self.spool(query_id)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            bucket, key = _split(location)
            draft = path.with_suffix(".part")
            self._s3.download_file(bucket, key, str(draft))
            draft.replace(path)
        return path

    def discard(self, query_id: str) -> None:
        """Forget the local copy."""
        self.spool(query_id).unlink(missing_ok=True)

    def _trim(self, keep: str) -> None:
        files = [(f.stat(), f) for f in self._spool.iterdir() if f.name != keep]
        total = sum(stat.st_size for stat, _ in files)
        for stat, file in sorted(files, key=lambda entry: entry[0].st_mtime):
            if total <= self._limit:
                return
            file.unlink(missing_ok=True)
            total -= stat.st_size


def _split(location: str) -> tuple[str, str]:
    parts = urlsplit(location)
    return parts.netloc, parts.path.lstrip("/")
