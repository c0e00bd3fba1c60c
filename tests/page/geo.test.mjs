import assert from 'node:assert/strict';
import {test} from 'node:test';
import {destination, distance, wrapped} from '../../headwater/site/page/src/geo.js';

const near = (actual, expected, tolerance = 1e-4) =>
  actual.forEach((value, i) => assert.ok(Math.abs(value - expected[i]) < tolerance, `${actual} is not ${expected}`));

test('a quarter of the earth', () => {
  const quarter = (6371008.8 * Math.PI) / 2;
  near(destination([0, 0], 90, quarter), [90, 0]);
  near(destination([10, 0], 0, quarter / 2), [10, 45]);
  near(destination([8.5, 47.4], 270, 0), [8.5, 47.4]);
});

test('a great circle eastwards leaves its parallel towards the equator', () => {
  const [longitude, latitude] = destination([0, 60], 90, 1000000);
  assert.ok(latitude < 58.9 && longitude > 17);
});

test('over the date line', () => {
  near(destination([179.9, 0], 90, 111195 * 0.2), [-179.9, 0], 1e-3);
  assert.equal(wrapped(190), -170);
  assert.equal(wrapped(-190), 170);
});

test('Zürich to Geneva, there and back', () => {
  const [zurich, geneva] = [[8.549, 47.458], [6.109, 46.238]];
  assert.ok(Math.abs(distance(zurich, geneva) - 230000) < 2000);
  near(destination(destination(zurich, 33, 50000), 213.3, 50000), zurich, 0.01);
});
