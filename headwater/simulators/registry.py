"""Who flies: blocks of 24-bit addresses, operators and call signs."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.simulators.draw import chance, choice, integer

# (first address, addresses), by the name OpenSky gives the country. Every block is at least
# 32,768 long, so that so many aircraft get distinct addresses whatever their country.
BLOCKS = {
    "Switzerland": (0x4B0000, 0x8000),
    "Germany": (0x3C0000, 0x40000),
    "France": (0x380000, 0x40000),
    "Italy": (0x300000, 0x40000),
    "Spain": (0x340000, 0x40000),
    "Austria": (0x440000, 0x8000),
    "Belgium": (0x448000, 0x8000),
    "United Kingdom": (0x400000, 0x40000),
    "Kingdom of the Netherlands": (0x480000, 0x8000),
    "Portugal": (0x490000, 0x8000),
    "Hungary": (0x470000, 0x8000),
    "Turkey": (0x4B8000, 0x8000),
    "United States": (0xA00000, 0x100000),
}
MOST_AIRCRAFT = 0x8000
LETTERED_SHARE = 0.5  # of call signs end in a letter
_STRIDE = 7919  # odd, so it visits every address of a block whose length is a power of two


@dataclass(frozen=True)
class Operator:
    """An airline: ICAO designator and country of its aircraft."""

    code: str
    country: str


SWISS_OPERATORS = (
    Operator("SWR", "Switzerland"),
    Operator("SWR", "Switzerland"),
    Operator("EDW", "Switzerland"),
    Operator("EZS", "Switzerland"),
    Operator("OAW", "Switzerland"),
)
FOREIGN_OPERATORS = (
    Operator("DLH", "Germany"),
    Operator("EWG", "Germany"),
    Operator("AFR", "France"),
    Operator("ITY", "Italy"),
    Operator("VLG", "Spain"),
    Operator("AUA", "Austria"),
    Operator("BEL", "Belgium"),
    Operator("BAW", "United Kingdom"),
    Operator("EZY", "United Kingdom"),
    Operator("KLM", "Kingdom of the Netherlands"),
    Operator("TAP", "Portugal"),
    Operator("WZZ", "Hungary"),
    Operator("THY", "Turkey"),
    Operator("UAL", "United States"),
)
# Private aircraft call themselves by their registration.
REGISTRATIONS = {"Switzerland": "HB", "Germany": "DE", "France": "FG", "Italy": "I"}


def icao24(seed: int, index: int, country: str) -> str:
    """The address of an aircraft: 6 lower-case hex digits out of its country's block."""
    first, size = BLOCKS[country]
    offset = integer(0, size - 1, seed, "block", country)
    return f"{first + (offset + index * _STRIDE) % size:06x}"


def operator(seed: int, index: int, *, swiss: float) -> Operator:
    """The airline of an aircraft; `swiss` is the share of Swiss ones."""
    is_swiss = chance(swiss, seed, index, "swiss")
    return choice(SWISS_OPERATORS if is_swiss else FOREIGN_OPERATORS, seed, index, "operator")


def registration(seed: int, index: int, country: str) -> str:
    """A registration without its dash: prefix and three letters."""
    letters = (chr(integer(ord("A"), ord("Z"), seed, index, "letter", n)) for n in range(3))
    return REGISTRATIONS[country] + "".join(letters)


def flight_number(code: str, *flight: int | str) -> str:
    """A call sign of an airline, such as SWR193V: designator, number, sometimes a letter."""
    number = integer(10, 999, *flight, "number")
    letter = chr(integer(ord("A"), ord("Z"), *flight, "suffix"))
    return f"{code}{number}{letter if chance(LETTERED_SHARE, *flight, 'lettered') else ''}"
