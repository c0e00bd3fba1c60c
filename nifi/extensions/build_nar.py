"""Packs the processors of this folder into one NAR, with every library that they need.

    python nifi/extensions/build_nar.py OUT.nar

NiFi 2 finds Python processors as modules at the root of a NAR; libraries stand in
NAR-INF/bundled-dependencies, and a NAR with that folder gets no virtual environment: nothing is
installed or downloaded when NiFi starts. The same inputs give the same bytes.
"""

# ruff: noqa: INP001 - this folder is no package
from __future__ import annotations

import ast
import logging
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from headwater import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

NAR_ID = "headwater-nar"
GROUP = "headwater"
FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parents[1] / "headwater"
DEPENDENCIES = "NAR-INF/bundled-dependencies"
PROCESSORS = ("hold_poll.py", "sign_raw_upload.py", "transform_response.py", "write_rows.py")
"""Modules of `headwater` are packed where one of these needs them."""

_UNSTABLE = {"RECORD", "direct_url.json", "REQUESTED", "INSTALLER"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FOLDER_MODE, _FILE_MODE = 0o40755 << 16, 0o100644 << 16

logger = logging.getLogger(__name__)


def build(out: Path) -> Path:
    """Write the NAR to `out`, replacing it whole; returns `out`."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="headwater-nar-") as scratch:
        libraries = Path(scratch)
        _install(libraries)
        draft = out.with_suffix(".draft")
        _pack(draft, {"META-INF/MANIFEST.MF": _manifest(), **_processors(), **_files(libraries)})
    draft.replace(out)
    logger.info("built %s (%d kB)", out, out.stat().st_size // 1024)
    return out


def _install(target: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--no-compile", "--only-binary=:all:", "--require-hashes"]
    subprocess.run(
        [*command, "--target", str(target), "--requirement", str(FOLDER / "libraries.txt")],
        check=True,
    )


def _manifest() -> bytes:
    entries = {
        "Manifest-Version": "1.0",
        "Nar-Group": GROUP,
        "Nar-Id": NAR_ID,
        "Nar-Version": __version__,
    }
    return "".join(f"{name}: {value}\r\n" for name, value in entries.items()).encode() + b"\r\n"


def _processors() -> dict[str, bytes]:
    return {
        name: re.sub(rb"@version@", __version__.encode(), (FOLDER / name).read_bytes())
        for name in PROCESSORS
    }


def _files(libraries: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(libraries).as_posix(): path.read_bytes()
        for path in libraries.rglob("*")
        if path.is_file() and path.name not in _UNSTABLE and "bin" not in path.parts
    }
    root = PACKAGE.parent
    for path in _imported([FOLDER / name for name in PROCESSORS]):
        found[path.relative_to(root).as_posix()] = path.read_bytes()
    return {f"{DEPENDENCIES}/{name}": content for name, content in found.items()}


def _imported(start: list[Path]) -> set[Path]:
    """The modules of ours that some files import, and all that those import in turn."""
    found: set[Path] = set()
    waiting = list(start)
    while waiting:
        for name in _imports(ast.parse(waiting.pop().read_text())):
            for path in _modules(name) - found:
                found.add(path)
                waiting.append(path)
    return found


def _imports(module: ast.Module) -> Iterator[str]:
    """Names that run-time imports at the top of a module may load."""
    for node in module.body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _modules(name: str) -> set[Path]:
    """The files behind a dotted name of ours, its packages included."""
    parts = name.split(".")
    if parts[0] != PACKAGE.name:
        return set()
    places = [PACKAGE.parent.joinpath(*parts[: i + 1]) for i in range(len(parts))]
    files = [place.with_suffix(".py") for place in places]
    return {path for path in (*files, *(p / "__init__.py" for p in places)) if path.is_file()}


def _pack(out: Path, files: dict[str, bytes]) -> None:
    # NiFi's unpacker makes no folders on its own: each one's entry comes before what is in it.
    parents = {parent.as_posix() for name in files for parent in Path(name).parents}
    folders = sorted(f"{parent}/" for parent in parents - {"."})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in folders:
            entry = zipfile.ZipInfo(folder, _EPOCH)
            entry.external_attr = _FOLDER_MODE
            archive.writestr(entry, b"")
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = _FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    build(Path(sys.argv[1]))
