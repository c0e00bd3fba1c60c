// Smooth movement between polls: dead reckoning, and corrections that are no jumps.

import {destination, distance, wrapped} from './geo.js';

/** A plane is carried on for this long after its last position report, then it waits. */
export const CARRY_S = 90;

/** A correction takes this long; one of more than JUMP_M is a jump. */
export const SETTLE_S = 1.5;
export const JUMP_M = 30000;

/** Where a plane is at `now` (Unix seconds), reckoned from its last report; null without one. */
export function reckoned(plane, now, carry = CARRY_S) {
  const {longitude, latitude, time_position: since, velocity, true_track: track} = plane;
  if (longitude === null || latitude === null) return null;
  const still = plane.on_ground || velocity === null || track === null || since === null;
  if (still) return [longitude, latitude];
  const seconds = Math.min(Math.max(now - since, 0), carry);
  return destination([longitude, latitude], track, velocity * seconds);
}

/** How much of a correction is left after so many seconds: 1 at once, 0 at the end. */
export function remaining(seconds, settle = SETTLE_S) {
  const share = Math.min(Math.max(seconds / settle, 0), 1);
  return 1 - share * share * (3 - 2 * share);
}

/** A plane on the map: what is known, and the correction that is being worked off. */
export class Mover {
  constructor(plane) {
    this.plane = plane;
    this.offset = [0, 0];
    this.since = 0;
  }

  /** Where it is drawn at `now`; null without a position. */
  at(now) {
    const place = reckoned(this.plane, now);
    if (place === null) return null;
    const left = remaining(now - this.since);
    return [wrapped(place[0] + this.offset[0] * left), place[1] + this.offset[1] * left];
  }

  /** Take a newer state; the drawn place moves there without a jump. */
  take(plane, now) {
    const before = this.at(now);
    const after = reckoned(plane, now);
    this.plane = plane;
    this.since = now;
    const near = before && after && distance(before, after) < JUMP_M;
    this.offset = near ? [wrapped(before[0] - after[0]), before[1] - after[1]] : [0, 0];
  }
}
