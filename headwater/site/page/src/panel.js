// The cards around the map: source, age, counts, filters, legend, credit, banner.

import {freshness} from './aircraft.js';
import {gradient} from './colours.js';
import {byId, element, say} from './dom.js';
import {NONE, count, countries} from './filters.js';
import * as units from './units.js';

const SOURCES = {
  live: ['live', 'What receivers of the OpenSky Network hear'],
  simulator: ['simulator', 'Simulated traffic: no real aircraft'],
  replay: ['replay', 'A recording is played again: times are those of the recording'],
};
const FOOT_M = 0.3048;
const TICKS_M = {
  metric: [0, 3000, 6000, 9000, 12000],
  aviation: [0, 10000, 20000, 30000, 40000].map((feet) => feet * FOOT_M),
};
const SCALE_TOP_M = 45000 * FOOT_M;
const TOP_M = 14000;

/** What the filters' form says; the whole range of altitudes is no filter. */
export function readForm() {
  const [low, high] = [Number(byId('min').value), Number(byId('max').value)].sort((a, b) => a - b);
  return {
    q: byId('q').value,
    country: byId('country').value,
    min: low > 0 ? low : NONE.min,
    max: high < TOP_M ? high : NONE.max,
    ground: document.querySelector('[name=ground]:checked').value,
  };
}

/** Put the filters into the form. */
export function fillForm(filters) {
  byId('q').value = filters.q;
  byId('min').value = filters.min ?? 0;
  byId('max').value = filters.max ?? TOP_M;
  document.querySelector(`[name=ground][value=${filters.ground}]`).checked = true;
}

/** The state of the filters around the form. */
export function showFilters(filters, chosen) {
  const set = count(filters);
  byId('filters-count').hidden = !set;
  say(byId('filters-count'), String(set));
  const [low, high] = [filters.min, filters.max].map((m) => (m === null ? null : units.altitude(m, chosen)));
  const band = {0: 'any', 1: `from ${low}`, 2: `up to ${high}`, 3: `${low} to ${high}`};
  say(byId('band'), band[(low === null ? 0 : 1) + (high === null ? 0 : 2)]);
}

/** The countries that are in the data, and the chosen one even when it is not. */
export function showCountries(planes, chosen) {
  const select = byId('country');
  const found = countries(planes);
  if (chosen && !found.some(([name]) => name === chosen)) found.push([chosen, 0]);
  const key = found.map(([name]) => name).join();
  if (select.dataset.key !== key) {
    const options = found.map(([name]) => element('option', {value: name}));
    select.replaceChildren(element('option', {value: ''}, 'all'), ...options);
    select.dataset.key = key;
  }
  found.forEach(([name, number], i) => say(select.options[i + 1], `${name} (${number})`));
  select.value = chosen;
}

export function showCounts(planes, shown, filtered) {
  const ground = planes.filter((plane) => plane.on_ground).length;
  say(byId('air'), String(planes.length - ground));
  say(byId('ground-count'), String(ground));
  byId('shown-count').hidden = !filtered;
  say(byId('shown-count'), `${shown} shown`);
}

export function showSource({source, attribution, licence}) {
  const [name, meaning] = SOURCES[source];
  const badge = byId('source');
  badge.hidden = false;
  badge.className = source === 'live' ? 'badge' : 'badge made-up';
  badge.title = meaning;
  say(badge, name);
  const credit = source === 'simulator' ? 'Simulated traffic: no real aircraft' : attribution;
  byId('credit').title = licence;
  say(byId('credit'), `${credit} · Borders: Natural Earth`);
}

export function showAge(ageS, about) {
  const badge = byId('age');
  const judged = ageS === null ? 'old' : freshness(ageS, about);
  badge.className = `badge ${judged}`;
  say(badge, ageS === null ? 'no data yet' : `data ${units.age(ageS)} old`);
  byId('map').classList.toggle('stale', judged === 'old');
  return judged;
}

export function showLegend(theme, chosen) {
  byId('scale').style.background = gradient(theme);
  const ticks = byId('ticks');
  if (ticks.dataset.units === chosen) return;
  ticks.dataset.units = chosen;
  const made = TICKS_M[chosen].map((metres, i, all) => {
    const text = units.altitude(metres, chosen);
    const tick = element('span', {}, i === all.length - 1 ? text : text.replace(/ [a-z]+$/, ''));
    tick.style.left = `${(metres / SCALE_TOP_M) * 100}%`;
    return tick;
  });
  ticks.replaceChildren(...made);
}

/** What is wrong, over everything; nothing when all is well. */
export function showBanner(error) {
  const banner = byId('banner');
  const text = error ? `${error.message}${error.remedy ?? ''}` : '';
  if (banner.dataset.text === text) return;
  banner.dataset.text = text;
  banner.hidden = !error;
  if (!error) return banner.replaceChildren();
  banner.replaceChildren(
    element('b', {}, 'The picture is not up to date'),
    element('span', {}, `${error.message} ${error.remedy ?? ''}`),
  );
}
