import assert from 'node:assert/strict';
import {test} from 'node:test';
import {distance} from '../../headwater/site/page/src/geo.js';
import {CARRY_S, Mover, reckoned, remaining} from '../../headwater/site/page/src/motion.js';

const plane = (changes) => ({
  icao24: '4b1815', longitude: 8, latitude: 47, time_position: 1000, velocity: 200, true_track: 90,
  on_ground: false, ...changes,
});
const close = (metres, expected) => assert.ok(Math.abs(metres - expected) < 1, `${metres} is not ${expected}`);

test('it flies on along its track at its speed', () => {
  close(distance([8, 47], reckoned(plane(), 1010)), 2000);
  assert.ok(reckoned(plane(), 1010)[0] > 8);
  assert.ok(reckoned(plane({true_track: 180}), 1010)[1] < 47);
});

test('not for ever, and not before its report', () => {
  close(distance([8, 47], reckoned(plane(), 99999)), 200 * CARRY_S);
  assert.deepEqual(reckoned(plane(), 900), reckoned(plane(), 1000));
});

test('what stands, or says not where it goes, stays', () => {
  for (const unknown of [{velocity: null}, {true_track: null}, {time_position: null}, {on_ground: true}]) {
    assert.deepEqual(reckoned(plane(unknown), 1010), [8, 47]);
  }
  assert.equal(reckoned(plane({longitude: null}), 1010), null);
});

test('a correction begins where the plane was drawn and ends where it is', () => {
  const mover = new Mover(plane());
  const before = mover.at(1010);
  mover.take(plane({time_position: 1010, latitude: 47.02, longitude: 8.03}), 1010);
  close(distance(before, mover.at(1010)), 0);
  close(distance(mover.at(1020), reckoned(mover.plane, 1020)), 0);
});

test('in between it moves little by little, never far in a frame', () => {
  const mover = new Mover(plane());
  mover.take(plane({time_position: 1010, latitude: 47.02}), 1010);
  let last = mover.at(1010);
  for (let now = 1010.04; now < 1013; now += 0.04) {
    const place = mover.at(now);
    assert.ok(distance(last, place) < 250);
    last = place;
  }
});

test('a far correction is a jump: nothing flies across the map', () => {
  const mover = new Mover(plane());
  mover.take(plane({time_position: 1010, latitude: 49}), 1010);
  assert.ok(Math.abs(mover.at(1010)[1] - 49) < 0.01);
});

test('the rest of a correction falls from all to nothing', () => {
  assert.deepEqual([remaining(-1), remaining(0), remaining(9)], [1, 1, 0]);
  assert.ok(remaining(0.5) > remaining(0.6));
});
