// The order of the table; what is unknown comes last in both directions.

import {nameOf} from './aircraft.js';

export const COLUMNS = {
  callsign: (plane) => nameOf(plane),
  country: (plane) => plane.origin_country,
  altitude: (plane) => (plane.on_ground ? 0 : plane.baro_altitude),
  speed: (plane) => plane.velocity,
  vertical: (plane) => plane.vertical_rate,
  squawk: (plane) => plane.squawk,
  age: (plane) => (plane.last_contact === null ? null : -plane.last_contact),
};

/** A sorted copy: `sort` names a column, `dir` is `asc` or `desc`. */
export function sorted(planes, sort, dir) {
  const value = COLUMNS[sort];
  const sign = dir === 'desc' ? -1 : 1;
  return [...planes].sort(
    (a, b) => compare(value(a), value(b), sign) || (a.icao24 < b.icao24 ? -1 : 1),
  );
}

function compare(a, b, sign) {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return noA - noB;
  return sign * (typeof a === 'string' ? a.localeCompare(b) : a - b);
}
