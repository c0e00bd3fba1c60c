"""Doctor on machines that are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from headwater.errors import RequirementError
from headwater.settings import Ports, Settings
from headwater.stack import doctor
from headwater.stack.doctor import CheckResult

SETTINGS = Settings(data_dir=Path("/d"), cache_dir=Path("/c"), ports=Ports(offset=100))


@dataclass
class Paper:
    """A machine on paper; by default nothing is wrong with it."""

    system: tuple[str, str] = ("Linux", "x86_64")
    version: tuple[int, int, int] = (3, 12, 1)
    programs: set[str] = field(default_factory=lambda: {"mvn", "bash"})
    java: int = 17
    libraries: set[str] = field(
        default_factory=lambda: {"libaio.so.1", "libnuma.so.1", "libstdc++.so.6"}
    )
    packages: set[str] = field(default_factory=lambda: {"libaio1", "openjdk-17-jre-headless"})
    root: bool = True
    read_only: bool = False
    free: float = 50.0
    memory: float = 16.0
    holders: dict[int, str] = field(default_factory=dict)

    def platform(self) -> tuple[str, str]:
        return self.system

    def python(self) -> tuple[int, int, int]:
        return self.version

    def program(self, name: str) -> str | None:
        return name if name in self.programs else None

    def java_version(self) -> int:
        return self.java

    def library(self, name: str) -> bool:
        return name in self.libraries

    def package_available(self, name: str) -> bool:
        return name in self.packages

    def is_root(self) -> bool:
        return self.root

    def writable(self, path: Path) -> bool:  # noqa: ARG002
        return not self.read_only

    def has_content(self, path: Path) -> bool:  # noqa: ARG002
        return False

    def free_gb(self, path: Path) -> float:  # noqa: ARG002
        return self.free

    def available_memory_gb(self) -> float:
        return self.memory

    def holder(self, port: int, data_dir: Path) -> str:  # noqa: ARG002
        return self.holders.get(port, "")


def gaps(machine: Paper) -> list[CheckResult]:
    return [r for r in doctor.run_checks(SETTINGS, machine) if not r.ok]


def test_a_good_machine_has_no_gap() -> None:
    assert gaps(Paper()) == []
    doctor.require(doctor.run_checks(SETTINGS, Paper()))


@pytest.mark.parametrize(
    ("machine", "name", "word"),
    [
        (Paper(system=("Darwin", "arm64")), "platform", "Darwin arm64"),
        (Paper(version=(3, 10, 4)), "Python", "3.10.4"),
        (Paper(version=(3, 14, 0)), "Python", "3.14.0"),
        (Paper(free=1.0), "disk for cache (/c)", "1.0 GB free, 5.0 needed"),
        (Paper(read_only=True), "disk for cache (/c)", "not writable"),
        (Paper(memory=3.2), "memory", "3.2 GB available"),
        (Paper(java=11), "a JRE (Java 17 or newer, for Maven)", "missing"),
    ],
)
def test_each_gap_is_found(machine: Paper, name: str, word: str) -> None:
    first = gaps(machine)[0]
    assert first.name == name
    assert word in first.found
    assert first.remedy


def test_all_gaps_are_listed_at_once_with_one_command() -> None:
    machine = Paper(programs=set(), libraries=set(), java=0)
    with pytest.raises(RequirementError) as caught:
        doctor.require(doctor.run_checks(SETTINGS, machine))
    text = str(caught.value)
    packages = "maven openjdk-17-jre-headless libaio1 libnuma1 libstdc++6 bash"
    assert f"apt-get install -y --no-install-recommends {packages}" in text
    assert text.count("\n  - ") == 6


def test_packages_go_by_the_names_of_the_release() -> None:
    newer = Paper(libraries={"libnuma.so.1", "libstdc++.so.6"}, packages={"libaio1t64"})
    assert gaps(newer)[0].packages == ("libaio1t64",)
    renamed = Paper(libraries={"libaio.so.1t64", "libnuma.so.1", "libstdc++.so.6"})
    assert gaps(renamed) == []


def test_a_taken_port_names_its_holder_and_the_setting() -> None:
    found = gaps(Paper(holders={13406: "mysqld (pid 7)"}))
    assert [g.name for g in found] == ["port 13406 (mysql)"]
    assert found[0].found == "taken by mysqld (pid 7)"
    assert "HEADWATER_PORTS__MYSQL" in found[0].remedy


def test_fix_installs_when_root_and_checks_again() -> None:
    machine = Paper(programs={"bash"})
    ran: list[str] = []

    def run(command: list[str]) -> int:
        ran.append(" ".join(command))
        machine.programs.add("mvn")
        return 0

    results = doctor.fix(SETTINGS, doctor.run_checks(SETTINGS, machine), machine, run)
    assert ran == ["apt-get update", "apt-get install -y --no-install-recommends maven"]
    assert all(r.ok for r in results)


def test_fix_changes_nothing_without_root() -> None:
    machine = Paper(programs={"bash"}, root=False)
    before = doctor.run_checks(SETTINGS, machine)
    assert doctor.fix(SETTINGS, before, machine, run=lambda _: 1) == before


def test_fix_says_when_apt_fails() -> None:
    machine = Paper(programs={"bash"})
    with pytest.raises(RequirementError, match="apt-get update` ended with 100"):
        doctor.fix(SETTINGS, doctor.run_checks(SETTINGS, machine), machine, lambda _: 100)
