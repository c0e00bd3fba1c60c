from __future__ import annotations

import json
import stat
from pathlib import Path

from headwater import secrets


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    first = secrets.load_or_create(path)
    assert secrets.load_or_create(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.mysql_root.get_secret_value() not in repr(first)


def test_a_new_secret_is_added_without_changing_the_old_ones(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = secrets.load_or_create(path)
    older = json.loads(path.read_text())
    del older["mysql_nifi"]
    path.write_text(json.dumps(older))
    second = secrets.load_or_create(path)
    assert second.mysql_root == first.mysql_root
    assert second.mysql_nifi != first.mysql_nifi
    assert secrets.load_or_create(path) == second
