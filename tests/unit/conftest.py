"""What several unit tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import aws_world


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[aws_world.World]:
    """A deployment on AWS, and the command line in a project beside it."""
    from support import aws_world  # moto is heavy

    with aws_world.inhabited(tmp_path, monkeypatch) as found:
        yield found
