"""A table's query ends when it is idle, never while a batch is at hand or before its first look."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from headwater_cdc import query as queries
from headwater_cdc.errors import TransientError
from headwater_cdc.query import Query


class Spark:
    """As much of a stream and its query as `Query` touches."""

    def __init__(self, end: int | None) -> None:
        self.isActive = True
        self.stopped = False
        self.looks = 0
        self._end = end
        self.take: Any = None
        self.started = threading.Event()

    @property
    def lastProgress(self) -> dict[str, Any] | None:  # noqa: N802 - PySpark's name
        self.looks += 1
        if self._end is None:
            return None
        return {"sources": [{"endOffset": {"topic": {"0": self._end}}}]}

    def stream(self, first: int) -> Spark:  # noqa: ARG002 - a topic's signature
        return self

    @property
    def writeStream(self) -> Spark:  # noqa: N802 - PySpark's name
        return self

    def foreachBatch(self, take: Any) -> Spark:  # noqa: N802 - PySpark's
        self.take = take
        return self

    def queryName(self, _: str) -> Spark:  # noqa: N802 - PySpark's name
        return self

    def option(self, *_: str) -> Spark:
        return self

    def trigger(self, **_: str) -> Spark:
        return self

    def start(self) -> Spark:
        self.started.set()
        return self

    def stop(self) -> None:
        self.stopped = True

    def exception(self) -> str:
        return "the broker is gone"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "IDLE_S", 0.05)
    monkeypatch.setattr(queries, "LOOK_S", 0.01)


def test_an_idle_query_ends_and_says_how_far_it_has_looked() -> None:
    spark = Spark(end=12)
    assert Query("t", spark, lambda *_: None).run(3, lambda: False) == 12  # type: ignore[arg-type]
    assert spark.stopped


def test_a_query_that_has_not_looked_yet_is_not_idle() -> None:
    spark = Spark(end=None)
    assert (
        Query("t", spark, lambda *_: None).run(3, lambda: spark.looks > 5) is None  # type: ignore[arg-type]
    )


def test_a_batch_that_comes_while_it_halts_is_not_taken_and_the_end_not_known() -> None:
    spark = Spark(end=12)
    taken: list[int] = []
    query = Query("t", spark, lambda _, number: taken.append(number))  # type: ignore[arg-type]
    spark.stop = lambda: spark.take(None, 7)  # type: ignore[method-assign]
    assert query.run(3, lambda: True) is None
    assert taken == []


def test_a_failure_is_raised_as_it_was() -> None:
    spark = Spark(end=12)

    def fail(*_: object) -> None:
        raise KeyError("mine")

    query = Query("t", spark, fail)  # type: ignore[arg-type]

    def break_down() -> bool:
        with pytest.raises(KeyError):
            spark.take(None, 0)
        spark.isActive = False
        return False

    with pytest.raises(KeyError, match="mine"):
        query.run(3, break_down)


def test_sparks_own_failure_is_tried_again() -> None:
    spark = Spark(end=12)
    spark.isActive = False
    with pytest.raises(TransientError, match="broker"):
        Query("t", spark, lambda *_: None).run(3, lambda: False)  # type: ignore[arg-type]


def test_a_batch_at_hand_keeps_the_query_from_being_idle() -> None:
    spark = Spark(end=12)
    begun, go_on = threading.Event(), threading.Event()

    def take(*_: object) -> None:
        begun.set()
        go_on.wait(10)

    query = Query("t", spark, take)  # type: ignore[arg-type]
    found: list[int | None] = []
    runner = threading.Thread(target=lambda: found.append(query.run(3, lambda: False)))
    runner.start()
    assert spark.started.wait(10)
    batch = threading.Thread(target=lambda: spark.take(None, 0))
    batch.start()
    assert begun.wait(10)
    assert not found
    go_on.set()
    runner.join(10)
    batch.join(10)
    assert found == [12]
