"""What a check says, and what kind of thing a check is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Level = Literal["refuse", "warn"]
Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Problem:
    """What is wrong, in words, and the statement (or the step) that mends it."""

    says: str
    mends: str


@dataclass(frozen=True)
class Finding:
    """A problem of a table, or of the server (`table` is empty)."""

    table: str
    check: str
    level: Level
    says: str
    mends: str

    def __str__(self) -> str:
        return f"{self.table or 'MySQL'}: {self.says} ({self.check}); {self.mends}"


@dataclass(frozen=True)
class Check(Generic[Facts]):
    """A question to some facts; every problem that it finds counts."""

    name: str
    level: Level
    problems: Callable[[Facts], Iterator[Problem]]
    why: str

    def findings(self, table: str, facts: Facts) -> Iterator[Finding]:
        """The problems, as findings of a table."""
        for problem in self.problems(facts):
            yield Finding(table, self.name, self.level, problem.says, problem.mends)
