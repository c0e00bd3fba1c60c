"""What the machine must have before anything is downloaded, checked all at once.

    run_checks(settings)  ->  one CheckResult per check, each ok or with the remedy
    fix(results)          ->  installs the missing system packages, where that is allowed

Every check is a function of a `Probe` (what the machine says of itself), so it can be tried on
machines that are not there.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from headwater.errors import RequirementError
from headwater.settings import Settings, env_name
from headwater.stack.machine_probe import Machine, Probe

if TYPE_CHECKING:
    from pathlib import Path

PYTHONS = ((3, 11), (3, 13))
JAVA = 17  # of the JRE that runs Maven and compiles the wire converter
DOWNLOADS_GB, STATE_GB = 5.0, 5.0
MEMORY_GB = 8.0


@dataclass(frozen=True)
class Package:
    """A system package, under the names that it has had; the first that can be had is taken."""

    names: tuple[str, ...]
    there: Callable[[Probe], bool]


PACKAGES = {
    "Maven": Package(("maven",), lambda p: p.program("mvn") is not None),
    f"a JRE (Java {JAVA} or newer, for Maven)": Package(
        ("openjdk-21-jre-headless", "openjdk-17-jre-headless"), lambda p: p.java_version() >= JAVA
    ),
    "libaio.so.1 (for MySQL)": Package(
        ("libaio1t64", "libaio1"),
        lambda p: p.library("libaio.so.1") or p.library("libaio.so.1t64"),
    ),
    "libnuma.so.1 (for MySQL)": Package(("libnuma1",), lambda p: p.library("libnuma.so.1")),
    "libstdc++.so.6 (for MySQL)": Package(("libstdc++6",), lambda p: p.library("libstdc++.so.6")),
    "bash (for spark-submit)": Package(("bash",), lambda p: p.program("bash") is not None),
}


@dataclass(frozen=True)
class CheckResult:
    """One line of doctor."""

    name: str
    ok: bool
    found: str = ""
    remedy: str = ""
    packages: tuple[str, ...] = ()  # what `fix` would install


Check = Callable[[Probe, Settings], list[CheckResult]]


def run_checks(settings: Settings, probe: Probe | None = None) -> list[CheckResult]:
    """Run every check; gaps are results, not errors."""
    machine = probe or Machine()
    return [result for check in CHECKS for result in check(machine, settings)]


def require(results: Sequence[CheckResult]) -> None:
    """Raise one RequirementError that lists every gap."""
    gaps = [r for r in results if not r.ok]
    if gaps:
        lines = "".join(f"\n  - {gap.name}: {gap.found}; {gap.remedy}" for gap in gaps)
        count = f"{len(gaps)} gap{'s' if len(gaps) > 1 else ''}"
        raise RequirementError(f"this machine has {count}:{lines}", remedy=_first_remedy(gaps))


def apt_command(results: Sequence[CheckResult]) -> str:
    """The one command that installs all missing packages; empty when none is missing."""
    names = _missing_packages(results)
    if not names:
        return ""
    install = f"apt-get install -y --no-install-recommends {' '.join(names)}"
    return f"sudo sh -c 'apt-get update && {install}'"


def fix(
    settings: Settings,
    results: Sequence[CheckResult],
    probe: Probe | None = None,
    run: Callable[[list[str]], int] = lambda command: (
        subprocess.run(command, check=False).returncode
    ),
) -> list[CheckResult]:
    """Install missing system packages when root, and check again; otherwise change nothing."""
    machine = probe or Machine()
    names = _missing_packages(results)
    if not names or not machine.is_root():
        return list(results)
    for command in (
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", *names],
    ):
        code = run(command)
        if code:
            raise RequirementError(
                f"`{' '.join(command)}` ended with {code}",
                remedy="run it by hand: its output says what is wrong",
            )
    return run_checks(settings, machine)


def check_platform(probe: Probe, settings: Settings) -> list[CheckResult]:
    """Linux on x86-64."""
    del settings
    system, machine = probe.platform()
    ok = (system, machine) == ("Linux", "x86_64")
    remedy = "" if ok else "MySQL and the JREs are those of Linux x86-64: use such a machine"
    return [CheckResult("platform", ok, f"{system} {machine}", remedy)]


def check_python(probe: Probe, settings: Settings) -> list[CheckResult]:
    """A Python that all libraries have wheels for."""
    del settings
    version = probe.python()
    first, last = PYTHONS
    ok = first <= version[:2] <= last
    span = f"{first[0]}.{first[1]} to {last[0]}.{last[1]}"
    remedy = (
        ""
        if ok
        else f"install Python {span} and run `make install PYTHON=python{last[0]}.{last[1]}`"
    )
    return [CheckResult("Python", ok, ".".join(map(str, version)), remedy)]


def check_packages(probe: Probe, settings: Settings) -> list[CheckResult]:
    """System packages."""
    del settings
    return [_check_package(probe, name, package) for name, package in PACKAGES.items()]


def _check_package(probe: Probe, name: str, package: Package) -> CheckResult:
    if package.there(probe):
        return CheckResult(name, ok=True, found="there")
    wanted = next((n for n in package.names if probe.package_available(n)), package.names[-1])
    remedy = f"install the package {wanted}"
    return CheckResult(name, ok=False, found="missing", remedy=remedy, packages=(wanted,))


def check_disk(probe: Probe, settings: Settings) -> list[CheckResult]:
    """Room for the downloads and for the state."""
    return [
        _check_room(probe, "cache", "cache_dir", settings.cache_dir, DOWNLOADS_GB),
        _check_room(probe, "state", "data_dir", settings.data_dir, STATE_GB),
    ]


def _check_room(probe: Probe, what: str, setting: str, path: Path, needed: float) -> CheckResult:
    name = f"disk for {what} ({path})"
    change = f"or set {env_name(setting)} to another place"
    if not probe.writable(path):
        return CheckResult(
            name, ok=False, found="not writable", remedy=f"make it writable, {change}"
        )
    needed = 0.5 if what == "cache" and probe.has_content(path) else needed
    free = probe.free_gb(path)
    ok = free >= needed
    remedy = "" if ok else f"free {needed - free:.1f} GB more, {change}"
    return CheckResult(name, ok, f"{free:.1f} GB free, {needed:.1f} needed", remedy)


def check_memory(probe: Probe, settings: Settings) -> list[CheckResult]:
    """Memory for all servers at once."""
    del settings
    free = probe.available_memory_gb()
    ok = free >= MEMORY_GB
    remedy = "" if ok else "stop other programs, or start less: `headwater up --only pipeline`"
    return [CheckResult("memory", ok, f"{free:.1f} GB available, {MEMORY_GB:.0f} needed", remedy)]


def check_ports(probe: Probe, settings: Settings) -> list[CheckResult]:
    """Every port is free, or one of ours holds it."""
    names = [name for name in type(settings.ports).model_fields if name != "offset"]
    taken = []
    for name in names:
        port = settings.ports.port(name)
        holder = probe.holder(port, settings.data_dir)
        if holder:
            remedy = f"stop it, or set {env_name(f'ports.{name}')} or HEADWATER_PORTS__OFFSET"
            found = f"taken by {holder}"
            taken.append(CheckResult(f"port {port} ({name})", ok=False, found=found, remedy=remedy))
    return taken or [CheckResult("ports", ok=True, found=f"{len(names)} free")]


CHECKS: tuple[Check, ...] = (
    check_platform,
    check_python,
    check_packages,
    check_disk,
    check_memory,
    check_ports,
)


def _missing_packages(results: Sequence[CheckResult]) -> list[str]:
    return list(dict.fromkeys(name for r in results if not r.ok for name in r.packages))


def _first_remedy(gaps: Sequence[CheckResult]) -> str:
    command = apt_command(gaps)
    return f"run: {command}" if command else gaps[0].remedy
