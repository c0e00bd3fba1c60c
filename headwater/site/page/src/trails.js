// The way behind each plane: points [seconds, longitude, latitude, metres, on ground] in order.

import {distance} from './geo.js';

/** Faster than anything that reports: the points are of two flights, or one is wrong. */
export const FASTEST_M_S = 700;

/** Seconds without a report after which a trail does not go on: three polls and some patience. */
export function gapAfter(everyS) {
  return 3 * everyS + 15;
}

/** The runs of points that belong together; a run of one point is no line and left out. */
export function split(points, gapS) {
  const runs = [];
  let run = [];
  for (const point of points) {
    if (run.length && !joined(run.at(-1), point, gapS)) {
      runs.push(run);
      run = [];
    }
    run.push(point);
  }
  runs.push(run);
  return runs.filter((r) => r.length > 1);
}

/** Whether a line may be drawn from one point to the next. */
export function joined(from, to, gapS) {
  const seconds = to[0] - from[0];
  if (seconds > gapS) return false;
  return distance([from[1], from[2]], [to[1], to[2]]) <= FASTEST_M_S * Math.max(seconds, 1);
}

/** Keeps the window's points of every plane. */
export class Trails {
  constructor() {
    this.of = new Map();
    this.version = 0;
  }

  /** Take what the API sent: rows [icao24, ...point]; `whole` replaces everything. */
  take(rows, whole) {
    if (whole) this.of.clear();
    if (rows.length || whole) this.version += 1;
    for (const [icao24, ...point] of rows) {
      const points = this.of.get(icao24) ?? [];
      if (!this.of.has(icao24)) this.of.set(icao24, points);
      points.push(point);
      // Reports come in order but for a few late ones.
      for (let i = points.length - 1; i > 0 && points[i - 1][0] > points[i][0]; i -= 1) {
        [points[i - 1], points[i]] = [points[i], points[i - 1]];
      }
    }
  }

  /** Drop what is older than the window. */
  forget(before) {
    for (const [icao24, points] of this.of) {
      const kept = points.findIndex((point) => point[0] > before);
      if (kept === 0) continue;
      this.version += 1;
      if (kept < 0) this.of.delete(icao24);
      else points.splice(0, kept);
    }
  }
}
