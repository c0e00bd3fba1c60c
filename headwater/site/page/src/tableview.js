// The sortable table of all planes that pass the filters.

import {emergency, nameOf} from './aircraft.js';
import {altitudeColour} from './colours.js';
import {byId, element, say} from './dom.js';
import {sorted} from './sorting.js';
import * as units from './units.js';

const TITLES = {
  callsign: 'Callsign',
  country: 'Country',
  altitude: 'Altitude',
  speed: 'Speed',
  vertical: 'Vertical',
  squawk: 'Squawk',
  age: 'Heard',
};
const NUMBERS = new Set(['altitude', 'speed', 'vertical', 'age']);

export class TableView {
  /** `on`: {sort(column), pick(icao24)}. */
  constructor(on) {
    this.on = on;
    this.rows = new Map();
    byId('head').append(...Object.keys(TITLES).map((column) => this.#header(column)));
  }

  show(planes, {sort, dir, units: chosen, sel}, now, theme) {
    for (const header of byId('head').children) {
      const mine = header.dataset.column === sort;
      if (mine) header.setAttribute('aria-sort', dir === 'asc' ? 'ascending' : 'descending');
      else header.removeAttribute('aria-sort');
    }
    const ordered = sorted(planes, sort, dir).map((plane) => this.#row(plane, chosen, sel, now, theme));
    const kept = new Set(ordered);
    for (const [icao24, row] of this.rows) if (!kept.has(row)) this.#remove(icao24, row);
    const body = byId('rows');
    // Only what is out of place moves: the row with the focus keeps it.
    ordered.forEach((row, i) => {
      if (body.children[i] !== row) body.insertBefore(row, body.children[i] ?? null);
    });
    byId('nobody').hidden = ordered.length > 0;
  }

  #header(column) {
    const button = element('button', {type: 'button', onclick: () => this.on.sort(column)}, TITLES[column]);
    return element('th', {scope: 'col', 'data-column': column, class: kind(column)}, button);
  }

  #row(plane, chosen, selected, now, theme) {
    const row = this.rows.get(plane.icao24) ?? this.#made(plane.icao24);
    row.classList.toggle('selected', plane.icao24 === selected);
    row.classList.toggle('emergency', Boolean(emergency(plane)));
    const colour = altitudeColour(plane.baro_altitude, plane.on_ground, theme);
    row.querySelector('.swatch').style.background = `rgb(${colour.join(' ')})`;
    const texts = [
      nameOf(plane),
      plane.origin_country ?? '–',
      plane.on_ground ? 'ground' : units.altitude(plane.baro_altitude, chosen),
      units.speed(plane.velocity, chosen),
      units.vertical(plane.vertical_rate, chosen),
      plane.squawk ?? '–',
      units.age(plane.last_contact === null ? null : now - plane.last_contact),
    ];
    texts.forEach((text, i) => say(row.children[i].lastChild, text));
    return row;
  }

  #made(icao24) {
    const cells = Object.keys(TITLES).map((column, i) =>
      element('td', {class: kind(column)}, i === 0 ? element('span', {class: 'swatch'}) : null, element('span')),
    );
    const row = element('tr', {tabindex: 0, 'data-icao24': icao24}, ...cells);
    row.addEventListener('click', () => this.on.pick(icao24));
    row.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') this.on.pick(icao24);
      else if (event.key === 'ArrowDown') row.nextElementSibling?.focus();
      else if (event.key === 'ArrowUp') row.previousElementSibling?.focus();
      else return;
      event.preventDefault();
    });
    this.rows.set(icao24, row);
    return row;
  }

  #remove(icao24, row) {
    row.remove();
    this.rows.delete(icao24);
  }
}

const kind = (column) => (NUMBERS.has(column) ? 'number' : null);
