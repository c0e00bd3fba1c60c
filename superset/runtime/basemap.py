"""Map tiles without a network: /basemap/{z}/{x}/{y}.png, drawn from Natural Earth's countries.

The file is TopoJSON (npm `world-atlas`): borders are arcs of quantised, delta-encoded points.
"""

import io
import json
import math
import os
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from flask import Blueprint, Response, abort
from PIL import Image, ImageDraw

Point = tuple[float, float]
Ring = tuple[tuple[float, float, float, float], list[Point]]  # box and points, world as 0..1

blueprint = Blueprint("basemap", __name__, url_prefix="/basemap")
SIZE, SCALE = 256, 2  # pixels of a tile; drawn larger and then scaled down for smooth edges
SEA, LAND, BORDER = (214, 224, 233), (246, 246, 242), (176, 186, 196)
MAX_ZOOM = 12
_EDGE = 85.0511  # where Web Mercator ends, in degrees


def mercator(longitude: float, latitude: float) -> Point:
    """Web Mercator; the world is the unit square, north is 0."""
    sine = math.sin(math.radians(max(-_EDGE, min(_EDGE, latitude))))
    return (longitude + 180) / 360, 0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)


def rings_of(topology: dict) -> list[Ring]:
    """The outer and inner rings of every country."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [
        [mercator(x * kx + dx, y * ky + dy) for x, y in accumulate(arc, _add)]
        for arc in topology["arcs"]
    ]
    found = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        parts = geometry.get("arcs", [])
        for polygon in parts if geometry["type"] == "MultiPolygon" else [parts]:
            found += [_ring(arcs, indexes) for indexes in polygon]
    return found


def _add(before: list[int], step: list[int]) -> list[int]:
    return [before[0] + step[0], before[1] + step[1]]


def _ring(arcs: list[list[Point]], indexes: list[int]) -> Ring:
    points: list[Point] = []
    for index in indexes:  # ~i means the arc i, backwards; neighbours share an end
        points += (arcs[index] if index >= 0 else arcs[~index][::-1])[1 if points else 0 :]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return (min(xs), min(ys), max(xs), max(ys)), points


@lru_cache(1)
def rings() -> list[Ring]:
    """The rings of the atlas of this installation."""
    return rings_of(json.loads(Path(os.environ["SUPERSET_ATLAS"]).read_text()))


@lru_cache(2048)
def tile(zoom: int, x: int, y: int) -> bytes:
    """A PNG."""
    count, pixels = 2**zoom, SIZE * SCALE
    image = Image.new("RGB", (pixels, pixels), SEA)
    draw = ImageDraw.Draw(image)
    for (left, top, right, bottom), points in rings():
        if right * count < x or left * count > x + 1 or bottom * count < y or top * count > y + 1:
            continue
        drawn = [((px * count - x) * pixels, (py * count - y) * pixels) for px, py in points]
        draw.polygon(drawn, fill=LAND)
        draw.line([*drawn, drawn[0]], fill=BORDER, width=SCALE)
    buffer = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


@blueprint.route("/<int:zoom>/<int:x>/<int:y>.png")
def show(zoom: int, x: int, y: int) -> Response:
    """One tile; the browser may keep it for a day."""
    if not os.environ.get("SUPERSET_ATLAS") or zoom > MAX_ZOOM or max(x, y) >= 2**zoom:
        abort(404)
    body = tile(zoom, x, y)
    return Response(body, mimetype="image/png", headers={"Cache-Control": "public, max-age=86400"})
