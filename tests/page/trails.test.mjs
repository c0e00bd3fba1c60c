import assert from 'node:assert/strict';
import {test} from 'node:test';
import {Trails, gapAfter, joined, split} from '../../headwater/site/page/src/trails.js';

const point = (seconds, longitude = 8 + seconds / 1000) => [seconds, longitude, 47, 1000, false];

test('a trail does not join across a gap in time', () => {
  const points = [0, 30, 60, 400, 430].map((t) => point(t));
  assert.deepEqual(split(points, 105).map((run) => run.length), [3, 2]);
});

test('nor to a place that nothing reaches in that time', () => {
  assert.ok(joined(point(0), point(30), 105));
  assert.ok(!joined(point(0, 8), point(30, 12), 105));
});

test('a lone report is no line', () => {
  assert.deepEqual(split([point(0), point(500), point(530)], 105).map((r) => r[0][0]), [500]);
  assert.deepEqual(split([], 105), []);
});

test('the gap follows the interval between polls', () => {
  assert.equal(gapAfter(30), 105);
  assert.equal(gapAfter(4), 27);
});

test('points are kept in order, also one that comes late', () => {
  const trails = new Trails();
  trails.take([['a', ...point(10)], ['a', ...point(30)], ['b', ...point(5)]], true);
  trails.take([['a', ...point(20)]], false);
  assert.deepEqual(trails.of.get('a').map((p) => p[0]), [10, 20, 30]);
});

test('the window moves on, and what is empty is gone', () => {
  const trails = new Trails();
  trails.take([['a', ...point(10)], ['a', ...point(30)], ['b', ...point(5)]], true);
  const {version} = trails;
  trails.forget(4);
  assert.equal(trails.version, version);
  trails.forget(10);
  assert.deepEqual([...trails.of].map(([icao24, points]) => [icao24, points.length]), [['a', 1]]);
  assert.notEqual(trails.version, version);
});

test('a whole answer replaces what was known', () => {
  const trails = new Trails();
  trails.take([['a', ...point(10)]], true);
  trails.take([['b', ...point(20)]], true);
  assert.deepEqual([...trails.of.keys()], ['b']);
});
