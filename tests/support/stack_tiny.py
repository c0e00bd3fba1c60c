"""A stack of tiny real processes: `python stack_tiny.py DATA_DIR` supervises it."""

from __future__ import annotations

import sys
from pathlib import Path

from headwater.stack.service import Service
from headwater.stack.supervisor import Supervisor

SLEEP = "import time; time.sleep(600)"
FAMILY = f"""
import subprocess, sys, pathlib
child = subprocess.Popen([sys.executable, "-c", {SLEEP!r}])
pathlib.Path("child.new").write_text(str(child.pid))
pathlib.Path("child.new").rename("child")  # whole as soon as it is there
child.wait()
"""
STUBBORN = f"""
import signal, pathlib
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path("deaf").touch()
{SLEEP}
"""


def tiny(data_dir: Path) -> dict[str, Service]:
    """A plain one, one with a child of its own, and one that does not listen."""
    return {
        "plain": _service(data_dir, "plain", SLEEP),
        "family": _service(data_dir, "family", FAMILY, "child"),
        "stubborn": _service(data_dir, "stubborn", STUBBORN, "deaf"),
    }


def _service(data_dir: Path, name: str, code: str, sign: str = "") -> Service:
    folder = data_dir / name
    return Service(
        name,
        (sys.executable, "-c", code),
        probe=lambda: not sign or (folder / sign).exists(),
        cwd=folder,
        stop_grace=60.0 if name == "stubborn" else 5.0,
    )


if __name__ == "__main__":
    here = Path(sys.argv[1])
    chosen = {n: s for n, s in tiny(here).items() if n in sys.argv[2:]}
    sys.exit(Supervisor(chosen, here).run())
