// What a link carries: view, selection, filters, units, theme, table. Defaults are left out.

import {COLUMNS} from './sorting.js';

export const DEFAULTS = {
  lon: null, lat: null, z: null, sel: '', q: '', country: '', min: null, max: null, ground: 'all',
  units: 'metric', theme: '', table: false, sort: 'callsign', dir: 'asc',
};
const CHOICES = {
  ground: ['all', 'air', 'ground'],
  units: ['metric', 'aviation'],
  theme: ['', 'dark', 'light'],
  dir: ['asc', 'desc'],
  sort: Object.keys(COLUMNS),
};
const RANGES = {lon: [-180, 180], lat: [-85, 85], z: [1, 16], min: [0, 30000], max: [0, 30000]};
const DECIMALS = {lon: 4, lat: 4, z: 2, min: 0, max: 0};

/** The state of a fragment like `#z=7&q=SWR`; what is not understood is the default. */
export function read(fragment) {
  const given = new URLSearchParams(fragment.replace(/^#/, ''));
  return Object.fromEntries(
    Object.entries(DEFAULTS).map(([key, standard]) => [
      key,
      given.has(key) ? parsed(key, given.get(key), standard) : standard,
    ]),
  );
}

function parsed(key, text, standard) {
  if (key in RANGES) {
    const [low, high] = RANGES[key];
    const number = text === '' ? NaN : Number(text);
    return number >= low && number <= high ? number : standard;
  }
  if (key in CHOICES) return CHOICES[key].includes(text) ? text : standard;
  return typeof standard === 'boolean' ? text === '1' : text.slice(0, 80);
}

/** The fragment of a state, without the `#`. */
export function write(state) {
  const given = new URLSearchParams();
  for (const [key, standard] of Object.entries(DEFAULTS)) {
    const value = state[key] ?? standard;
    if (value === standard) continue;
    if (key in DECIMALS) given.set(key, String(Number(value.toFixed(DECIMALS[key]))));
    else given.set(key, value === true ? '1' : String(value));
  }
  return given.toString();
}
