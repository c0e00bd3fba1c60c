"""How fetched files become a component: copied, unzipped, untarred or packed into a NAR."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatch
from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the oldest moment that a zip can hold
Placing = Callable[[Sequence[Path], Path], None]  # (fetched files, component folder)


def copied(into: str) -> Placing:
    """Put the files as they are into a folder of the component."""

    def place(files: Sequence[Path], home: Path) -> None:
        folder = home / into
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            link_or_copy(file, folder / file.name)

    return place


def link_or_copy(source: Path, target: Path) -> None:
    """Make a hard link where the file system allows it, a copy elsewhere."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def write_zip(target: Path, files: Mapping[str, Path]) -> None:
    """Zip files under these names; the same bytes for the same content, whenever it is made."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with files[name].open("rb") as source, archive.open(entry, "w") as copy:
                shutil.copyfileobj(source, copy)


def unzipped(
    into: str = ".", *, keep: Iterable[str] = ("*",), drop: Iterable[str] = (), program: str = ""
) -> Placing:
    """Unzip what `keep` names and `drop` does not; files below `program` become executable."""
    keep, drop = tuple(keep), tuple(drop)

    def place(files: Sequence[Path], home: Path) -> None:
        for file in files:
            with zipfile.ZipFile(file) as archive:
                for info in archive.infolist():
                    if _wanted(info.filename, keep, drop) and not info.is_dir():
                        target = Path(archive.extract(info, home / into))
                        if program and fnmatch(info.filename, program):
                            target.chmod(0o755)

    return place


def untarred(into: str = ".", *, strip: int = 0, keep: Iterable[str] = ("*",)) -> Placing:
    """Unpack a tar.gz without its first `strip` folders.

    A kept name may be a hard link to one that is not kept; its content is then stored under the
    kept name (Trino's plugins share their jars in this way).
    """
    keep = tuple(keep)

    def place(files: Sequence[Path], home: Path) -> None:
        for file in files:
            _untar(file, home / into, strip, keep)

    return place


def nar(into: str, *, name: str, version: str, parent: str) -> Placing:
    """Pack jars into a NiFi archive below the given parent archive."""

    def place(files: Sequence[Path], home: Path) -> None:
        target = home / into / f"{name}-{version}.nar"
        target.parent.mkdir(parents=True, exist_ok=True)
        write_nar(target, files, name=name, version=version, parent=parent)

    return place


def write_nar(target: Path, jars: Iterable[Path], *, name: str, version: str, parent: str) -> None:
    """Write a NAR: a jar with a manifest and META-INF/bundled-dependencies."""
    headers = {
        "Manifest-Version": "1.0",
        "Nar-Id": name,
        "Nar-Group": "org.apache.nifi",
        "Nar-Version": version,
        "Nar-Dependency-Group": "org.apache.nifi",
        "Nar-Dependency-Id": parent,
        "Nar-Dependency-Version": version,
        "Clone-During-Instance-Class-Loading": "false",
    }
    manifest = "".join(f"{key}: {value}\r\n" for key, value in headers.items()) + "\r\n"
    bundled = "META-INF/bundled-dependencies/"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        # NiFi's unpacker needs each folder's own entry before the files in it.
        for folder in ("META-INF/", bundled):
            archive.writestr(zipfile.ZipInfo(folder), b"")
        archive.writestr("META-INF/MANIFEST.MF", manifest)
        for jar in sorted(jars):
            archive.write(jar, bundled + jar.name)


def _wanted(name: str, keep: Iterable[str], drop: Iterable[str] = ()) -> bool:
    return any(fnmatch(name, p) for p in keep) and not any(fnmatch(name, p) for p in drop)


def _untar(file: Path, folder: Path, strip: int, keep: tuple[str, ...]) -> None:
    def stripped(name: str) -> str:
        return "/".join(name.split("/")[strip:])

    wanted: dict[str, list[str]] = {}  # name in the archive that has the content -> names to make
    with tarfile.open(file, "r|gz") as archive:
        for member in archive:
            if (member.isfile() or member.islnk()) and _wanted(stripped(member.name), keep):
                source = member.linkname if member.islnk() else member.name
                wanted.setdefault(source, []).append(stripped(member.name))
    with tarfile.open(file, "r|gz") as archive:
        for member in archive:
            if member.name in wanted and member.isfile():
                first, *others = (folder / name for name in wanted[member.name])
                _extract(archive, member, first)
                for other in others:
                    other.parent.mkdir(parents=True, exist_ok=True)
                    os.link(first, other)


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    content = archive.extractfile(member)
    if content is None or ".." in target.parts:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    target.chmod(member.mode & 0o755)
