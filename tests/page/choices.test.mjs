import assert from 'node:assert/strict';
import {test} from 'node:test';
import {NONE, count, countries, passes} from '../../headwater/site/page/src/filters.js';
import {sorted} from '../../headwater/site/page/src/sorting.js';
import {DEFAULTS, read, write} from '../../headwater/site/page/src/urlstate.js';

const plane = (changes) => ({
  icao24: '4b1815', callsign: 'SWR123', origin_country: 'Switzerland', baro_altitude: 3000,
  on_ground: false, velocity: 200, last_contact: 100, ...changes,
});
const filtered = (filters, changes) => passes(plane(changes), {...NONE, ...filters});

test('no filter passes everything, also what is unknown', () => {
  assert.ok(filtered({}, {callsign: null, origin_country: null, baro_altitude: null}));
  assert.equal(count(NONE), 0);
});

test('by callsign or address, in any case', () => {
  assert.ok(filtered({q: 'swr'}));
  assert.ok(filtered({q: ' 4B18 '}));
  assert.ok(!filtered({q: 'DLH'}));
  assert.ok(filtered({q: '4b1'}, {callsign: null}));
});

test('by country, ground and altitude', () => {
  assert.ok(!filtered({country: 'France'}));
  assert.ok(!filtered({ground: 'ground'}));
  assert.ok(!filtered({ground: 'air'}, {on_ground: true}));
  assert.ok(filtered({min: 3000, max: 3000}));
  assert.ok(!filtered({min: 3001}));
  assert.ok(!filtered({min: 0}, {baro_altitude: null}));
  assert.ok(!filtered({min: 100}, {on_ground: true, baro_altitude: 9197}));
});

test('countries, most planes first', () => {
  const planes = ['France', 'Italy', 'Italy', null].map((origin_country) => plane({origin_country}));
  assert.deepEqual(countries(planes), [['Italy', 2], ['France', 1]]);
});

test('the unknown comes last in both directions', () => {
  const planes = [plane({icao24: 'a', velocity: null}), plane({icao24: 'b', velocity: 1}), plane({icao24: 'c', velocity: 9})];
  const order = (dir) => sorted(planes, 'speed', dir).map((p) => p.icao24).join('');
  assert.equal(order('asc'), 'bca');
  assert.equal(order('desc'), 'cba');
});

test('equal ones keep the order of their addresses', () => {
  const planes = ['c', 'a', 'b'].map((icao24) => plane({icao24}));
  assert.equal(sorted(planes, 'country', 'desc').map((p) => p.icao24).join(''), 'abc');
});

test('a link carries everything and gives it back', () => {
  const state = {
    lon: 8.5432, lat: 47.1, z: 9.25, sel: '4b1815', q: 'swr &#1', country: "Côte d'Ivoire", min: 1000,
    max: 9000, ground: 'air', units: 'aviation', theme: 'light', table: true, sort: 'speed', dir: 'desc',
  };
  assert.deepEqual(read(`#${write(state)}`), state);
});

test('defaults are left out', () => {
  assert.equal(write(DEFAULTS), '');
  assert.deepEqual(read(''), DEFAULTS);
});

test('nonsense in a link is the default', () => {
  const state = read('#z=99&lat=x&lon=&sort=constructor&units=furlongs&ground=__proto__&min=-3&table=yes');
  assert.deepEqual(state, DEFAULTS);
});
