"""Random numbers that are functions of their arguments, so nothing has to be remembered."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

Part = int | str


def fraction(*parts: Part) -> float:
    """A number in [0, 1), always the same for the same parts, on every machine."""
    text = "/".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=7).digest(), "big") / (1 << 56)


def chance(share: float, *parts: Part) -> bool:
    """Whether something happens that does in `share` (0 to 1) of all cases."""
    return fraction(*parts) < share


def between(low: float, high: float, *parts: Part) -> float:
    """A number in [low, high)."""
    return low + (high - low) * fraction(*parts)


def integer(low: int, high: int, *parts: Part) -> int:
    """A whole number from low to high, both included."""
    return low + int(fraction(*parts) * (high - low + 1))


def choice(options: Sequence[T], *parts: Part) -> T:
    """One of the options."""
    return options[int(fraction(*parts) * len(options))]
