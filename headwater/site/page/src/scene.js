// From what is known to what is drawn: one mark per plane, one path per run of its trail.

import {emergency, presence} from './aircraft.js';
import {altitudeColour} from './colours.js';
import {Mover} from './motion.js';
import {gapAfter, joined, split} from './trails.js';

export class Scene {
  constructor() {
    this.movers = new Map();
    this.marks = [];
    this.marked = []; // those with a ring
    this.tailed = []; // those tied to their trail
    this.paths = [];
    this.drawn = '';
  }

  /** Take the newest states. */
  take(planes, now) {
    const seen = new Set();
    for (const plane of planes) {
      seen.add(plane.icao24);
      const mover = this.movers.get(plane.icao24);
      if (!mover) this.movers.set(plane.icao24, new Mover(plane));
      else if (!same(mover.plane, plane)) mover.take(plane, now);
      else mover.plane = plane;
    }
    for (const icao24 of this.movers.keys()) if (!seen.has(icao24)) this.movers.delete(icao24);
  }

  /** Make the marks anew, of the planes that pass; `at` is the time of the newest poll. */
  mark(passes, at, now, {about, theme, selected}) {
    this.marks = [];
    for (const mover of this.movers.values()) {
      const {plane} = mover;
      const here = presence(at - (plane.last_contact ?? at), about);
      const place = here > 0 && passes(plane) ? mover.at(now) : null;
      if (!place) continue;
      const colour = altitudeColour(plane.baro_altitude, plane.on_ground, theme);
      this.marks.push({mover, plane, place, presence: here, colour, tail: null});
    }
    this.marked = this.marks.filter(({plane}) => plane.icao24 === selected || emergency(plane));
  }

  /** Move every mark to where its plane is at `now`. */
  move(now) {
    for (const mark of this.marks) mark.place = mark.mover.at(now);
  }

  /** Make the paths anew and tie each plane to the end of its trail. */
  draw(trails, about, theme) {
    const gap = gapAfter(about.every_s);
    const shown = new Map(this.marks.map((mark) => [mark.plane.icao24, mark]));
    const key = `${trails.version} ${theme} ${[...shown.keys()].join()}`;
    if (key !== this.drawn) {
      this.paths = [...shown.keys()].flatMap((icao24) =>
        split(trails.of.get(icao24) ?? [], gap).map((run) => path(icao24, run, theme)),
      );
      this.drawn = key;
    }
    for (const [icao24, mark] of shown) mark.tail = tail(mark.plane, trails.of.get(icao24), gap);
    this.tailed = this.marks.filter(({tail: from}) => from);
  }
}

function same(a, b) {
  return a.time_position === b.time_position && a.last_contact === b.last_contact;
}

function path(icao24, run, theme) {
  return {
    icao24,
    path: run.map(([, longitude, latitude]) => [longitude, latitude]),
    colours: run.map(([, , , metres, onGround]) => altitudeColour(metres, onGround, theme)),
  };
}

/** The end of the trail, where the plane's own last report still belongs to it. */
function tail(plane, points, gap) {
  const last = points?.at(-1);
  if (!last || plane.longitude === null || plane.time_position === null) return null;
  const report = [plane.time_position, plane.longitude, plane.latitude];
  const before = last[0] <= report[0];
  return before && joined(last, report, gap) ? [last[1], last[2]] : null;
}
