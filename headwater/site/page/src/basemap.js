// Land and borders from Natural Earth, drawn as vectors: no tiles, nothing fetched from elsewhere.

import {feature} from 'topojson-client';

const DETAILED_FROM = 4.5; // zoom from which the fine borders are worth their size

export class Basemap {
  constructor(onChange) {
    this.onChange = onChange;
    this.coarse = null;
    this.fine = null;
    this.near = {key: '', features: []};
    this.#load('50m', (found) => (this.coarse = found));
  }

  /** The countries to draw: fine ones around the view when zoomed in, else all of them. */
  countries(bounds, zoom) {
    if (zoom < DETAILED_FROM || !bounds) return this.coarse ?? [];
    if (this.fine === null) this.#load('10m', (found) => (this.fine = found));
    if (!this.fine?.length) return this.coarse ?? [];
    const features = this.fine.filter(({bbox}) => overlap(bbox, bounds));
    const key = features.map((f) => f.bbox[0]).join();
    if (key !== this.near.key) this.near = {key, features};
    return this.near.features;
  }

  /** Every country's name and the middle of its largest piece. */
  names() {
    const largest = new Map();
    for (const {bbox, properties} of this.coarse ?? []) {
      const area = (bbox[2] - bbox[0]) * (bbox[3] - bbox[1]);
      const known = largest.get(properties.name);
      if (!known || known.area < area) {
        const place = [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2];
        largest.set(properties.name, {name: properties.name, area, place});
      }
    }
    return [...largest.values()];
  }

  async #load(detail, keep) {
    keep([]);
    const response = await fetch(`map/${detail}.json`);
    const topology = await response.json();
    const {features} = feature(topology, topology.objects.countries);
    keep(features.flatMap(pieces));
    this.onChange();
  }
}

/** The polygons of a country as features with a box each, so that far islands are left out. */
function pieces({geometry, properties}) {
  if (!geometry) return [];
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map((coordinates) => ({
    type: 'Feature',
    properties,
    geometry: {type: 'Polygon', coordinates},
    bbox: boxOf(coordinates[0]),
  }));
}

function boxOf(ring) {
  const longitudes = ring.map((p) => p[0]);
  const latitudes = ring.map((p) => p[1]);
  return [Math.min(...longitudes), Math.min(...latitudes), Math.max(...longitudes), Math.max(...latitudes)];
}

/** Whether a box comes near the view: half of its size around it counts too. */
function overlap([west, south, east, north], [left, bottom, right, top]) {
  const [x, y] = [(right - left) / 2, (top - bottom) / 2];
  return west <= right + x && east >= left - x && south <= top + y && north >= bottom - y;
}
