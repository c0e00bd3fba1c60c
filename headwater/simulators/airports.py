"""Real airports in and around Switzerland, and what may use them."""

from __future__ import annotations

from dataclasses import dataclass

from headwater.simulators.geo import SWITZERLAND, Point


@dataclass(frozen=True)
class Airport:
    """One airport: ICAO code, reference point, elevation in metres, whether jets use it."""

    code: str
    point: Point
    elevation_m: float
    jets: bool


def _airport(code: str, latitude: float, longitude: float, elevation_m: float, use: str) -> Airport:
    return Airport(code, Point(latitude, longitude), elevation_m, jets=use == "jets")


AIRPORTS = (
    _airport("LSZH", 47.4647, 8.5492, 432, "jets"),  # Zurich
    _airport("LSGG", 46.2381, 6.1090, 430, "jets"),  # Geneva
    _airport("LFSB", 47.5896, 7.5299, 270, "jets"),  # Basel Mulhouse
    _airport("LSZB", 46.9141, 7.4971, 510, "jets"),  # Bern
    _airport("LSZA", 46.0043, 8.9106, 279, "jets"),  # Lugano
    _airport("LSZR", 47.4850, 9.5607, 398, "jets"),  # St. Gallen Altenrhein
    _airport("EDNY", 47.6713, 9.5115, 417, "jets"),  # Friedrichshafen
    _airport("LSGS", 46.2196, 7.3268, 482, "small"),  # Sion
    _airport("LSZS", 46.5341, 9.8841, 1707, "small"),  # Samedan
    _airport("LSZG", 47.1816, 7.4172, 430, "small"),  # Grenchen
    _airport("LSMP", 46.8432, 6.9151, 447, "small"),  # Payerne
    _airport("LSME", 47.0924, 8.3051, 427, "small"),  # Emmen
    _airport("LSZF", 47.4436, 8.2336, 397, "small"),  # Birrfeld
    _airport("LFLP", 45.9308, 6.1064, 460, "small"),  # Annecy
    _airport("LIMC", 45.6306, 8.7281, 234, "jets"),  # Milan Malpensa
    _airport("LIME", 45.6739, 9.7042, 237, "jets"),  # Bergamo
    _airport("LIMF", 45.2008, 7.6496, 301, "jets"),  # Turin
    _airport("LFLL", 45.7256, 5.0811, 250, "jets"),  # Lyon
    _airport("EDDM", 48.3538, 11.7861, 453, "jets"),  # Munich
    _airport("EDDS", 48.6899, 9.2220, 389, "jets"),  # Stuttgart
    _airport("LOWI", 47.2602, 11.3440, 581, "jets"),  # Innsbruck
    _airport("EDDF", 50.0333, 8.5706, 111, "jets"),  # Frankfurt
    _airport("LFST", 48.5383, 7.6282, 154, "jets"),  # Strasbourg
    _airport("LFMN", 43.6584, 7.2159, 4, "jets"),  # Nice
    _airport("LOWW", 48.1103, 16.5697, 183, "jets"),  # Vienna
    _airport("LFPG", 49.0128, 2.5500, 119, "jets"),  # Paris
    _airport("EGLL", 51.4706, -0.4619, 25, "jets"),  # London Heathrow
)

INSIDE = tuple(airport for airport in AIRPORTS if SWITZERLAND.holds(airport.point))
OUTSIDE = tuple(airport for airport in AIRPORTS if not SWITZERLAND.holds(airport.point))
BY_CODE = {airport.code: airport for airport in AIRPORTS}

# Pairs whose great circle crosses Switzerland without landing there.
OVERFLIGHTS = tuple(
    (BY_CODE[first], BY_CODE[second])
    for first, second in (
        ("LIMC", "EDDS"),
        ("LIMC", "LFST"),
        ("LFLL", "EDDM"),
        ("LIME", "EDDF"),
        ("LIMF", "EDDM"),
        ("LFLL", "LOWI"),
        ("LIMC", "LFPG"),
    )
)
