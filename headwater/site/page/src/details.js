// The card of the selected aircraft.

import {emergency, nameOf} from './aircraft.js';
import {element, say} from './dom.js';
import * as units from './units.js';

const ROWS = {
  Callsign: ({callsign}) => callsign ?? '–',
  'Address (icao24)': ({icao24}) => icao24,
  Country: ({origin_country: country}) => country ?? '–',
  Altitude: (plane, chosen) =>
    plane.on_ground ? 'on the ground' : units.both(units.altitude, plane.baro_altitude, chosen),
  Speed: ({velocity}, chosen) => units.both(units.speed, velocity, chosen),
  'Vertical rate': ({vertical_rate: rate}, chosen) => units.both(units.vertical, rate, chosen),
  Track: ({true_track: track}) => units.track(track),
  Squawk: ({squawk}) => squawk ?? '–',
  Position: ({latitude, longitude}) =>
    latitude === null ? 'unknown' : `${latitude.toFixed(4)}, ${longitude.toFixed(4)}`,
  'Last heard': ({last_contact: heard}, _, now) => (heard ? `${units.age(now - heard)} ago` : '–'),
  'Position is': ({time_position: at}, _, now) => (at ? `${units.age(now - at)} old` : 'unknown'),
};

export class Details {
  constructor(node, onClose) {
    this.node = node;
    this.onClose = onClose;
    this.shown = '';
  }

  /** Show a plane; `undefined` is one that is no longer in the data. */
  show(icao24, plane, chosen, now) {
    this.node.hidden = !icao24;
    if (!icao24) return;
    const key = plane ? `${icao24} ${emergency(plane) ?? ''}` : `${icao24} gone`;
    if (key !== this.shown) this.#build(icao24, plane);
    this.shown = key;
    if (!plane) return;
    say(this.node.querySelector('h2'), nameOf(plane));
    for (const cell of this.node.querySelectorAll('dd')) {
      say(cell, ROWS[cell.dataset.name](plane, chosen, now));
    }
  }

  #build(icao24, plane) {
    const close = {type: 'button', 'aria-label': 'Close', title: 'Close (Escape)', onclick: this.onClose};
    const title = element('div', {}, element('h2', {}, plane ? nameOf(plane) : icao24));
    const rows = Object.keys(ROWS).flatMap((name) => [
      element('dt', {}, name),
      element('dd', {'data-name': name}),
    ]);
    const meaning = plane && emergency(plane);
    this.node.replaceChildren(
      element('header', {}, title, element('button', close, '×')),
      meaning ? element('p', {class: 'alarm'}, `${plane.squawk}: ${meaning}`) : '',
      plane ? element('dl', {}, ...rows) : element('p', {class: 'gone'}, 'No longer in the data.'),
    );
  }
}
