"""Rounding that never happens unless it is declared."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache

ROUNDINGS = {"half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
"""The values of `round` in a column, towards the nearest or towards zero."""

EXACT = Context(prec=1000)
"""The context for every calculation: enough digits for any number that `body` lets through."""


def quantize(number: Decimal | int, digits: int, rounding: str | None) -> Decimal:
    """`number` with exactly `digits` decimals; ValueError where that loses digits undeclared."""
    try:
        return Decimal(number).quantize(_unit(digits), context=_context(rounding))
    except Inexact as error:
        raise ValueError(f"has more than {digits} decimals") from error
    except InvalidOperation as error:
        raise ValueError("out of range") from error


@lru_cache(maxsize=64)
def _unit(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


@lru_cache(maxsize=8)
def _context(rounding: str | None) -> Context:
    if rounding is None:
        return Context(prec=EXACT.prec, traps=[InvalidOperation, Inexact])
    return Context(prec=EXACT.prec, rounding=ROUNDINGS[rounding], traps=[InvalidOperation])
