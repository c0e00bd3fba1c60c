"""Read feeds/capture.yaml; every mistake is listed with file, line and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from headwater.capture.model import Capture
from headwater.errors import DeclarationError
from headwater.feed import problems, yamltree
from headwater.feed.yamltree import Problem

if TYPE_CHECKING:
    from pathlib import Path

REMEDY = "docs/capture.md describes every key; `headwater plan` reads the file again"


def load(path: Path) -> Capture:
    """What is captured; nothing while there is no file. Raises DeclarationError."""
    if not path.exists():
        return Capture()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{path}: cannot be read: {error}") from error
    return loads(text, source=str(path))


def loads(text: str, *, source: str) -> Capture:
    """What a YAML text says; `source` stands in messages for the file."""
    tree = yamltree.read(text)
    if tree.value is None and not tree.problems:
        return Capture()
    if not isinstance(tree.value, dict):
        tree.problems = tree.problems or [Problem((), "expected a mapping with the key `tables`")]
    elif tree.value.get("tables") is None:
        tree.value.pop("tables", None)  # `tables:` with nothing below it
    found = problems.validated(tree, Capture) if isinstance(tree.value, dict) else None
    problems.refuse(tree, source, REMEDY)
    assert found is not None  # noqa: S101 - a declaration without problems is there
    return found
