"""The built page's files, each with its type, tag and compressed form."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True)
class File:
    """One file as it is sent."""

    body: bytes
    packed: bytes
    kind: str
    tag: str


def load(folder: Path) -> dict[str, File]:
    """Every file by the path that it is asked for, `/` being the page itself."""
    files = {
        f"/{path.relative_to(folder)}": _file(path.read_bytes(), TYPES[path.suffix])
        for path in sorted(folder.rglob("*"))
        if path.suffix in TYPES
    }
    return {**files, "/": files["/index.html"]}


def _file(body: bytes, kind: str) -> File:
    packed = gzip.compress(body, compresslevel=6, mtime=0)
    return File(body, packed, kind, hashlib.sha256(body).hexdigest()[:32])
