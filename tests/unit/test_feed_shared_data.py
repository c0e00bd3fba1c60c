"""Real responses are read where they are; without them CI fails and a clone skips."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support import shared

if TYPE_CHECKING:
    from pathlib import Path

    from support.shared import SharedData


def test_the_path_is_below_the_folder(
    shared_data: SharedData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shared, "FOLDER", tmp_path)
    assert shared_data("a/b.json") == tmp_path / "a" / "b.json"


def test_without_the_folder_a_clone_skips(
    shared_data: SharedData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shared, "FOLDER", tmp_path / "none")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the real responses are not at"):
        shared_data("a")


def test_without_the_folder_ci_fails(
    shared_data: SharedData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shared, "FOLDER", tmp_path / "none")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="the real responses are not at"):
        shared_data("a")
