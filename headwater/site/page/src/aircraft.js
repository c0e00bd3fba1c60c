// What an aircraft's state means: rows of the API as objects, emergencies, age, kind.

export const EMERGENCIES = {7500: 'unlawful interference', 7600: 'radio failure', 7700: 'emergency'};
export const FAINTEST = 0.25;

/** The API's answer as objects, one per aircraft. */
export function planesOf({columns, rows}) {
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
}

/** What an emergency squawk says; undefined for any other. */
export function emergency(plane) {
  return EMERGENCIES[plane.squawk];
}

/** The name to show: the callsign, or the address where there is none. */
export function nameOf(plane) {
  return plane.callsign || plane.icao24;
}

/** The newest poll in the data, Unix seconds; null without any. */
export function newestPoll(planes) {
  return planes.reduce((newest, p) => Math.max(newest, p.polled_at ?? p.last_contact ?? 0), 0) || null;
}

/** When a plane begins to fade: after two polls without it. */
export function fadesAfter({every_s: every, gone_s: gone}) {
  return Math.min(2 * every + 15, gone / 2);
}

/** 1 while a plane is heard, less and less when it is not, 0 when it is gone. */
export function presence(ageS, about) {
  const from = fadesAfter(about);
  if (ageS <= from) return 1;
  if (ageS > about.gone_s) return 0;
  return 1 - ((1 - FAINTEST) * (ageS - from)) / (about.gone_s - from);
}

/** fresh, late or old: how the age of the data is to be judged. */
export function freshness(ageS, {every_s: every}) {
  if (ageS <= 2 * every + 5) return 'fresh';
  return ageS <= 6 * every + 15 ? 'late' : 'old';
}

/** The shape to draw, by the ADS-B category as OpenSky numbers it. */
export function kindOf(plane) {
  const kinds = {2: 'light', 8: 'rotor', 9: 'glider', 12: 'glider'};
  return kinds[plane.category] ?? 'jet';
}
