// Which planes are shown.

export const NONE = {q: '', country: '', min: null, max: null, ground: 'all'};

/** Whether a plane passes: altitudes in metres, a plane on the ground counts as at 0. */
export function passes(plane, {q, country, min, max, ground}) {
  if (country && plane.origin_country !== country) return false;
  if (ground === 'air' && plane.on_ground) return false;
  if (ground === 'ground' && !plane.on_ground) return false;
  if (!between(plane, min, max)) return false;
  const wanted = q.trim().toLowerCase();
  const names = [plane.callsign, plane.icao24].filter(Boolean);
  return !wanted || names.some((name) => name.toLowerCase().includes(wanted));
}

function between(plane, min, max) {
  if (min === null && max === null) return true;
  const metres = plane.on_ground ? 0 : plane.baro_altitude;
  if (metres === null) return false;
  return metres >= (min ?? -Infinity) && metres <= (max ?? Infinity);
}

/** How many filters are set. */
export function count(filters) {
  return Object.keys(NONE).filter((key) => filters[key] !== NONE[key]).length;
}

/** Countries with how many planes each has, most first. */
export function countries(planes) {
  const found = new Map();
  for (const {origin_country: name} of planes) if (name) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
}
