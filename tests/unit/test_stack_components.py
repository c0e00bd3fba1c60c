"""Components: pinned artifacts, unpacking, atomic installation, corrupt downloads."""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from headwater.errors import DownloadError, StackError
from headwater.project import Project
from headwater.stack import catalog, components
from headwater.stack.artifacts import Artifact, Coordinate, Lock, sha256_of, sha256_of_tree
from headwater.stack.catalog import COMPONENTS, Component, Part
from headwater.stack.components import MARKER, Store
from headwater.stack.maven import Maven, _first_error
from headwater.stack.progress import Meter, Progress
from headwater.stack.unpack import copied, nar, untarred, unzipped

LIB = Coordinate("org.example", "lib", "1.0")


@dataclass(frozen=True)
class FakeMaven(Maven):
    """Delivers `contents` in turn instead of running mvn."""

    contents: list[bytes] = field(default_factory=list)
    runs: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, *arguments: str, cwd: Path | None = None) -> str:
        del cwd
        self.runs.append(arguments)
        target = LIB.in_repository(self.repository)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.contents.pop(0))
        return ""


def artifact(content: bytes, tmp_path: Path) -> Artifact:
    sample = tmp_path / "sample"
    sample.write_bytes(content)
    return Artifact(LIB, len(content), sha256_of(sample))


def store(tmp_path: Path, maven: Maven, content: bytes = b"good") -> Store:
    pinned = artifact(content, tmp_path)
    lock = Lock({"thing": {"jars": [[str(LIB), pinned.size, pinned.sha256]]}})
    return Store(tmp_path / "cache", Project(tmp_path), lock, maven)


@pytest.fixture
def thing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = Component("thing", "1", (Part("jars", copied("libs"), (str(LIB),)),))
    monkeypatch.setitem(catalog.COMPONENTS, "thing", row)


def test_coordinates_name_their_file_in_a_repository() -> None:
    text = "io.example:plugin:3.6.1.Final:tar.gz:plugin"
    coordinate = Coordinate.parse(text)
    assert str(coordinate) == text
    place = coordinate.in_repository(Path("/r"))
    assert str(place) == "/r/io/example/plugin/3.6.1.Final/plugin-3.6.1.Final-plugin.tar.gz"


@pytest.mark.usefixtures("thing")
def test_installs_once_and_completely(tmp_path: Path) -> None:
    maven = FakeMaven(tmp_path / "m2" / "repository", [b"good"])
    seen: list[Progress] = []
    made = store(tmp_path, maven)
    assert made.missing_bytes(["thing"]) == 4
    made.install(["thing", "thing"], seen.append)
    made.install(["thing"])
    home = made.home("thing")
    assert (home / "libs" / "lib-1.0.jar").read_bytes() == b"good"
    assert (home / MARKER).exists()
    assert len(maven.runs) == 1
    assert (seen[-1].done, seen[-1].total, seen[-1].finished) == (4, 4, True)
    assert made.missing_bytes(["thing"]) == 0
    assert not [p for p in (tmp_path / "m2").iterdir() if p.name.startswith(".headwater")]


@pytest.mark.usefixtures("thing")
def test_a_corrupt_file_is_fetched_again_once(tmp_path: Path) -> None:
    maven = FakeMaven(tmp_path / "m2" / "repository", [b"evil", b"good"])
    made = store(tmp_path, maven)
    made.install(["thing"])
    assert len(maven.runs) == 2
    assert (made.home("thing") / "libs" / "lib-1.0.jar").read_bytes() == b"good"


@pytest.mark.usefixtures("thing")
def test_a_file_that_stays_corrupt_is_one_clear_error(tmp_path: Path) -> None:
    maven = FakeMaven(tmp_path / "m2" / "repository", [b"evil", b"evil"])
    made = store(tmp_path, maven)
    with pytest.raises(DownloadError, match=r"org\.example:lib:1\.0:jar: the SHA-256 is not"):
        made.install(["thing"])
    assert not made.installed("thing")
    assert [p.name for p in made.root.iterdir() if not p.name.endswith(".lock")] == []


@pytest.mark.usefixtures("thing")
def test_what_the_repository_has_is_not_fetched(tmp_path: Path) -> None:
    maven = FakeMaven(tmp_path / "m2" / "repository")
    target = LIB.in_repository(maven.repository)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"good")
    store(tmp_path, maven).install(["thing"])
    assert maven.runs == []


def test_partial_downloads_count_as_progress(tmp_path: Path) -> None:
    maven = Maven(tmp_path)
    pinned = Artifact(LIB, 10, "")
    assert maven.growth([pinned]) == 0
    part = LIB.in_repository(tmp_path).with_name("lib-1.0.jar.part")
    part.parent.mkdir(parents=True)
    part.write_bytes(b"123456")
    part.with_name("lib-1.0.jar.sha1").write_bytes(b"x" * 40)
    assert maven.growth([pinned]) == 6


def test_the_meter_says_rate_and_time_left() -> None:
    seen: list[Progress] = []
    times = iter([0.0, 2.0])
    meter = Meter(100, seen.append, clock=lambda: next(times))
    meter.present(20)
    meter.tell("x", 40)
    assert (seen[0].done, seen[0].rate, seen[0].seconds_left) == (60, 20.0, 2.0)


def test_maven_errors_are_one_line() -> None:
    output = "[\x1b[1;31mERROR\x1b[m] Could not find artifact a:b:jar:1\n[ERROR] more\n"
    assert _first_error(output) == "Could not find artifact a:b:jar:1"


def test_unzip_keeps_what_is_wanted(tmp_path: Path) -> None:
    source = tmp_path / "x.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for name in ("bin/mysqld", "bin/other", "lib/a.so", "META-INF/x"):
            archive.writestr(name, name)
    keep = ("bin/mysqld", "lib/*", "META-INF/*")
    unzipped(keep=keep, drop=("META-INF/*",), program="bin/*")([source], tmp_path / "home")
    found = {p.relative_to(tmp_path / "home").as_posix() for p in (tmp_path / "home").rglob("*.*")}
    assert found == {"lib/a.so"}
    assert (tmp_path / "home/bin/mysqld").stat().st_mode & 0o777 == 0o755
    assert not (tmp_path / "home/bin/other").exists()


def test_untar_resolves_hard_links_to_what_is_not_kept(tmp_path: Path) -> None:
    source = tmp_path / "x.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        for name in ("top/plugin/delta/shared.jar", "top/lib/own.jar"):
            member = tarfile.TarInfo(name)
            member.size = len(name)
            archive.addfile(member, io.BytesIO(name.encode()))
        for name, target in (
            ("top/plugin/hudi/shared.jar", "top/plugin/delta/shared.jar"),
            ("top/plugin/hudi/own.jar", "top/lib/own.jar"),
        ):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.LNKTYPE, target
            archive.addfile(link)
    untarred(strip=1, keep=("lib/*", "plugin/hudi/*"))([source], tmp_path / "home")
    home = tmp_path / "home"
    assert (home / "plugin/hudi/shared.jar").read_text() == "top/plugin/delta/shared.jar"
    assert (home / "plugin/hudi/own.jar").samefile(home / "lib/own.jar")
    assert not (home / "plugin/delta").exists()


def test_a_nar_has_its_folders_before_their_files(tmp_path: Path) -> None:
    jar = tmp_path / "a.jar"
    jar.write_bytes(b"x")
    nar("lib", name="n", version="1", parent="p")([jar], tmp_path)
    with zipfile.ZipFile(tmp_path / "lib" / "n-1.nar") as archive:
        names = archive.namelist()
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    bundled = "META-INF/bundled-dependencies/"
    assert names == ["META-INF/", bundled, "META-INF/MANIFEST.MF", f"{bundled}a.jar"]
    assert "Nar-Dependency-Id: p\r\n" in manifest


def test_digests_change_with_name_and_content_only(tmp_path: Path) -> None:
    folder = tmp_path / "src"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "a.py").write_text("1")
    first = sha256_of_tree(folder)
    (folder / "__pycache__" / "a.pyc").write_text("x")
    assert sha256_of_tree(folder) == first
    (folder / "a.py").rename(folder / "b.py")
    assert sha256_of_tree(folder) != first


def test_every_maven_component_is_locked() -> None:
    lock = Lock.load()
    for component in COMPONENTS.values():
        for part in component.parts:
            pinned = lock.part(component.name, part.name)
            assert all(len(a.sha256) == 64 and a.size > 0 for a in pinned)
            if part.artifacts:
                wanted = {str(Coordinate.parse(text)) for text in part.artifacts}
                assert {str(a.coordinate) for a in pinned} == wanted


def test_an_unknown_component_is_named() -> None:
    with pytest.raises(StackError, match="no component 'kafkaa'"):
        components.named("kafkaa")
