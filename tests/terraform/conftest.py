"""terraform/ parsed once, and the provider's schema of all that it uses extracted at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.terraform import hcl, schema

if TYPE_CHECKING:
    from support.terraform.hcl import Module

ROOT = Path(__file__).parents[2] / "terraform"


@pytest.fixture(scope="session")
def modules() -> dict[Path, Module]:
    found = hcl.modules(ROOT)
    schema.load(
        ("data" if resource.mode == "ephemeral" else resource.mode, resource.type)
        for module in found.values()
        for resource in module.resources
    )
    return found
