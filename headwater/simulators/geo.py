"""Great circles on a sphere: metres and degrees."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, asin, atan2, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_000.0


@dataclass(frozen=True)
class Point:
    """A place on the ground, in degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Box:
    """A bounding box, in degrees, edges included."""

    lamin: float
    lomin: float
    lamax: float
    lomax: float

    def holds(self, point: Point) -> bool:
        """Whether a point lies inside."""
        return (
            self.lamin <= point.latitude <= self.lamax
            and self.lomin <= point.longitude <= self.lomax
        )

    @property
    def square_degrees(self) -> float:
        """Area as OpenSky prices it."""
        return max(0.0, self.lamax - self.lamin) * max(0.0, self.lomax - self.lomin)


SWITZERLAND = Box(45.8389, 5.9962, 47.8229, 10.5226)

Vector = tuple[float, float, float]


def distance_m(start: Point, end: Point) -> float:
    """Length of the great circle between two points, in metres."""
    phi_1, phi_2 = radians(start.latitude), radians(end.latitude)
    half_phi = (phi_2 - phi_1) / 2
    half_lambda = radians(end.longitude - start.longitude) / 2
    chord = sin(half_phi) ** 2 + cos(phi_1) * cos(phi_2) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(chord))


def bearing_deg(start: Point, end: Point) -> float:
    """Direction from `start` to `end`, degrees clockwise from north, in [0, 360)."""
    phi_1, phi_2 = radians(start.latitude), radians(end.latitude)
    delta = radians(end.longitude - start.longitude)
    east = sin(delta) * cos(phi_2)
    north = cos(phi_1) * sin(phi_2) - sin(phi_1) * cos(phi_2) * cos(delta)
    return degrees(atan2(east, north)) % 360


def along(start: Point, end: Point, fraction: float) -> Point:
    """The point at `fraction` (0 to 1) of the great circle from `start` to `end`."""
    first, second = _vector(start), _vector(end)
    dot = sum(a * b for a, b in zip(first, second, strict=True))
    angle = acos(max(-1.0, min(1.0, dot)))
    if angle == 0:
        return start
    weight_1 = sin((1 - fraction) * angle) / sin(angle)
    weight_2 = sin(fraction * angle) / sin(angle)
    x, y, z = (weight_1 * a + weight_2 * b for a, b in zip(first, second, strict=True))
    return Point(degrees(atan2(z, sqrt(x * x + y * y))), degrees(atan2(y, x)))


def _vector(point: Point) -> Vector:
    phi, lam = radians(point.latitude), radians(point.longitude)
    return cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)
