"""What the job remembers of the heartbeats over a restart, and how it is made to forget it."""

from __future__ import annotations

from typing import Any, cast

import pytest

from headwater_cdc import beats
from headwater_cdc.beats import Beats
from headwater_cdc.continuity import Continuity
from headwater_cdc.errors import ServerLostError

PLACE = "control/beats.json"


class Files(dict[str, str]):
    """As much of `Storage` as is needed."""

    def read(self, uri: str) -> str | None:
        return self.get(uri)

    def write(self, uri: str, text: str) -> None:
        self[uri] = text

    def exists(self, uri: str) -> bool:
        return uri in self


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """A topic without news, and no pause between two looks at the file."""
    monkeypatch.setattr(Beats, "_follow", Beats._keep)
    monkeypatch.setattr(beats, "CHECK_S", 0.0)
    return Files()


def started(files: Files) -> Beats:
    made = Beats(cast("Any", None), {}, "topic", cast("Any", None), (cast("Any", files), "control"))
    made._look()
    return made


def test_the_place_is_written_down_at_the_first_look(files: Files) -> None:
    started(files)
    assert Continuity.from_json(files[PLACE]) == Continuity()


def test_broken_beats_stay_broken_over_a_restart_until_the_file_is_removed(files: Files) -> None:
    files[PLACE] = Continuity(5, 7, {"a": 9}, "it was reset").to_json()
    job = started(files)
    with pytest.raises(ServerLostError, match="it was reset"):
        job.refuse_broken()
    del files[PLACE]
    job._look()
    job.refuse_broken()
    assert Continuity.from_json(files[PLACE]) == Continuity()


def test_a_removed_file_makes_whole_beats_forget_too(files: Files) -> None:
    files[PLACE] = Continuity(5, 7, {"a": 9}).to_json()
    job = started(files)
    del files[PLACE]
    job._look()
    assert Continuity.from_json(files[PLACE]) == Continuity()
