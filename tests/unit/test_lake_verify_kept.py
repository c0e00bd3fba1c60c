"""An interrupted comparison goes on where it stopped, and says so."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from headwater.lake.verify import sums
from headwater.lake.verify.kept import EVERY_S, LASTS_S, Keeper, Kept
from headwater.lake.verify.report import Counts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headwater.lake.verify.sides import LakeSide, MySqlSide, Place

PAGES = (("'a'",), ("'b'",), ("'c'",), ())


@dataclass
class Clock:
    at: float = 1000.0

    def now(self) -> float:
        return self.at


class Killed(BaseException):
    """What no code of ours catches."""


@dataclass
class MySql:
    """Four pages of ten rows, a chunk each; a kill on the way to one of them."""

    killed_at: int | None = None
    read: list[int] = field(default_factory=list)

    def count(self, found: Counts, after: Place = ()) -> Iterator[Place]:
        for number in range(PAGES.index(after) + 1 if after else 0, len(PAGES)):
            if number == self.killed_at:
                raise Killed
            self.read.append(number)
            found.add(number, 10, 100 + number)
            yield PAGES[number]


@dataclass
class Lake:
    """What MySQL has, or nothing at all."""

    looks: int = 0
    failure: Exception | None = None

    def counts(self) -> Counts:
        self.looks += 1
        if self.failure:
            raise self.failure
        found = Counts()
        for number in range(len(PAGES)):
            found.add(number, 10, 100 + number)
        return found


def keeper(tmp_path: Path, clock: Clock | None = None, of: str = "this") -> Keeper:
    return Keeper(tmp_path / "verify", "shop.a/b", of, now=(clock or Clock()).now)


def take(
    mysql: MySql, lake: Lake, kept: Kept, by: Keeper, told: list[str]
) -> tuple[Counts, Counts]:
    sides = (cast("MySqlSide", mysql), cast("LakeSide", lake))
    return sums.take("shop.a/b", sides, by, kept, told.append)


def test_what_was_summed_before_a_kill_is_not_read_again(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        take(MySql(killed_at=2), Lake(), Kept(40, 4), keeper(tmp_path), [])
    found = keeper(tmp_path).load()
    assert found is not None
    assert (found.after, found.read, found.mysql.rows) == (("'b'",), False, 20)
    mysql = MySql()
    told: list[str] = []
    counted, lake = take(mysql, Lake(), found, keeper(tmp_path), told)
    assert mysql.read == [2, 3]
    assert counted.differing(lake) == []
    assert told[0].startswith("shop.a/b: 30 of 40 rows")


def test_complete_sums_are_not_taken_again(tmp_path: Path) -> None:
    take(MySql(), Lake(), Kept(40, 4), keeper(tmp_path), [])
    found = keeper(tmp_path).load()
    assert found is not None
    mysql, lake = MySql(), Lake()
    counted, other = take(mysql, lake, found, keeper(tmp_path), [])
    assert (mysql.read, lake.looks) == ([], 0)
    assert counted.rows == other.rows == 40


def test_a_lake_that_does_not_answer_loses_nothing_of_mysql(tmp_path: Path) -> None:
    lake = Lake(failure=ValueError("the engine is gone"))
    with pytest.raises(ValueError, match="the engine is gone"):
        take(MySql(), lake, Kept(40, 4), keeper(tmp_path), [])
    found = keeper(tmp_path).load()
    assert found is not None
    assert found.mysql.rows > 0
    assert found.lake is None


def test_other_columns_an_hour_and_rubbish_begin_anew(tmp_path: Path) -> None:
    clock = Clock()
    keeper(tmp_path, clock).save(Kept(40, 4), at_once=True)
    assert keeper(tmp_path, clock).load() is not None
    assert keeper(tmp_path, clock, of="that").load() is None
    clock.at += LASTS_S - 1
    found = keeper(tmp_path, clock).load()
    assert found is not None
    assert found.note == f"went on from 0 rows, summed {LASTS_S - 1:.0f} s before"
    clock.at += 1
    assert keeper(tmp_path, clock).load() is None
    (place,) = (tmp_path / "verify").iterdir()
    place.write_text("{")
    assert keeper(tmp_path, clock).load() is None


def test_it_is_written_every_few_seconds_and_forgotten_in_the_end(tmp_path: Path) -> None:
    clock = Clock()
    by = keeper(tmp_path, clock)
    by.save(Kept(40, 4))
    assert not (tmp_path / "verify").exists()
    clock.at += EVERY_S
    by.save(Kept(40, 4, after=("1",)))
    by.save(Kept(40, 4, after=("2",)))
    (place,) = (tmp_path / "verify").iterdir()
    assert json.loads(place.read_text())["after"] == ["1"]
    by.drop()
    assert list((tmp_path / "verify").iterdir()) == []
    by.drop()


def test_without_a_folder_nothing_is_kept() -> None:
    by = Keeper(None, "shop.a", "this")
    by.save(Kept(40, 4), at_once=True)
    assert by.load() is None
    by.drop()
