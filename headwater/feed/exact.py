"""Rounding that never happens unless it is declared."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal, Inexact, InvalidOperation

ROUNDINGS = {"half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
"""The values of `round` in a column, towards the nearest or towards zero."""

_PRECISION = 900
"""Enough for every number that `body` lets through, with all of its digits."""


def quantize(number: Decimal | int, digits: int, rounding: str | None) -> Decimal:
    """`number` with exactly `digits` decimals; ValueError where that loses digits undeclared."""
    traps = [InvalidOperation] if rounding else [InvalidOperation, Inexact]
    context = Context(prec=_PRECISION, traps=traps)
    how = ROUNDINGS[rounding] if rounding else None
    try:
        return Decimal(number).quantize(Decimal(1).scaleb(-digits), rounding=how, context=context)
    except Inexact as error:
        raise ValueError(f"has more than {digits} decimals") from error
    except InvalidOperation as error:
        raise ValueError("out of range") from error
