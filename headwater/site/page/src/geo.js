// Great circles on a sphere: degrees, metres.

export const EARTH_M = 6371008.8;
const RADIANS = Math.PI / 180;

/** The longitude in [-180, 180). */
export function wrapped(longitude) {
  return ((((longitude + 180) % 360) + 360) % 360) - 180;
}

/** Where one comes to, going `metres` along the great circle that starts towards `track`. */
export function destination([longitude, latitude], track, metres) {
  const angle = metres / EARTH_M;
  const from = latitude * RADIANS;
  const course = track * RADIANS;
  const sine = Math.sin(from) * Math.cos(angle) + Math.cos(from) * Math.sin(angle) * Math.cos(course);
  const to = Math.asin(Math.max(-1, Math.min(1, sine)));
  const east = Math.sin(course) * Math.sin(angle) * Math.cos(from);
  const turned = Math.atan2(east, Math.cos(angle) - Math.sin(from) * sine);
  return [wrapped(longitude + turned / RADIANS), to / RADIANS];
}

/** Metres between two places. */
export function distance([lon1, lat1], [lon2, lat2]) {
  const half = (degrees) => Math.sin((degrees * RADIANS) / 2) ** 2;
  const around = Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS);
  return 2 * EARTH_M * Math.asin(Math.sqrt(Math.min(1, half(lat2 - lat1) + around * half(lon2 - lon1))));
}
