import assert from 'node:assert/strict';
import {test} from 'node:test';
import {
  FAINTEST, emergency, fadesAfter, freshness, kindOf, nameOf, newestPoll, planesOf, presence,
} from '../../headwater/site/page/src/aircraft.js';
import {STOPS, altitudeColour, fromHsl, gradient, hue} from '../../headwater/site/page/src/colours.js';
import * as units from '../../headwater/site/page/src/units.js';

const feet = (value) => value * 0.3048;
const about = {every_s: 30, gone_s: 300};

test('altitudes as people know them: orange low, green at 10,000 ft, magenta at 40,000 ft', () => {
  assert.ok(Math.abs(hue(feet(2000)) - 34) < 0.01);
  assert.ok(Math.abs(hue(feet(10000)) - 138) < 0.01);
  assert.ok(Math.abs(hue(feet(40000)) - 302) < 0.01);
  assert.equal(hue(-50), STOPS[0][1]);
  assert.equal(hue(99999), STOPS.at(-1)[1]);
});

test('the hue only grows with altitude', () => {
  for (let metres = 0; metres < 14000; metres += 100) assert.ok(hue(metres + 100) >= hue(metres));
});

test('grey on the ground, whatever altitude is reported', () => {
  const [red, green, blue] = altitudeColour(9197, true, 'dark');
  assert.ok(Math.max(red, green, blue) - Math.min(red, green, blue) < 30);
  assert.notDeepEqual(altitudeColour(null, false, 'dark'), altitudeColour(0, false, 'dark'));
});

test('colours from hue', () => {
  assert.deepEqual(fromHsl(0, 100, 50), [255, 0, 0]);
  assert.deepEqual(fromHsl(120, 100, 50), [0, 255, 0]);
  assert.ok(gradient('dark').startsWith('linear-gradient(to right, rgb('));
});

test('rows become objects', () => {
  const [plane] = planesOf({columns: ['icao24', 'squawk'], rows: [['4b1815', '7700']]});
  assert.equal(emergency(plane), 'emergency');
  assert.equal(emergency({squawk: '7000'}), undefined);
  assert.equal(nameOf({callsign: null, icao24: '4b1815'}), '4b1815');
});

test('a plane that is not heard fades and goes', () => {
  assert.equal(presence(fadesAfter(about), about), 1);
  assert.ok(presence(200, about) < 1 && presence(200, about) > FAINTEST);
  assert.equal(presence(301, about), 0);
});

test('the age of the data is judged by the interval between polls', () => {
  assert.deepEqual([20, 100, 500].map((age) => freshness(age, about)), ['fresh', 'late', 'old']);
  assert.equal(newestPoll([{polled_at: 5}, {polled_at: 9}]), 9);
  assert.equal(newestPoll([]), null);
});

test('shapes', () => {
  assert.deepEqual([0, 2, 8, 9, null].map((category) => kindOf({category})), ['jet', 'light', 'rotor', 'glider', 'jet']);
});

test('numbers in both systems', () => {
  assert.equal(units.altitude(10668, 'aviation'), '35\u202f000 ft');
  assert.equal(units.altitude(10668, 'metric'), '10\u202f668 m');
  assert.equal(units.speed(230, 'metric'), '828 km/h');
  assert.equal(units.speed(230, 'aviation'), '447 kt');
  assert.equal(units.vertical(-2.5, 'aviation'), '\u2212492 ft/min');
  assert.equal(units.vertical(2.5, 'metric'), '+2.5 m/s');
  assert.equal(units.both(units.speed, null, 'metric'), '–');
  assert.equal(units.track(359.7), '000°');
  assert.deepEqual([3.4, 150, 7200].map(units.age), ['3 s', '3 min', '2 h']);
});
