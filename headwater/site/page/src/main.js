// The live map: polls the API, keeps the state in the address, draws a frame when there is time.

import {nameOf, newestPoll, planesOf} from './aircraft.js';
import {Api} from './api.js';
import {Details} from './details.js';
import {byId, say} from './dom.js';
import {NONE, count, passes} from './filters.js';
import {hook} from './hook.js';
import {bindKeys} from './keys.js';
import {LiveMap} from './map.js';
import * as panel from './panel.js';
import {Scene} from './scene.js';
import {TableView} from './tableview.js';
import {effective, onPreference} from './themes.js';
import {Trails} from './trails.js';
import * as units from './units.js';
import {read, write} from './urlstate.js';

const FRAME_MS = 40;
const SLOWEST_FRAME_MS = 400;
const WORLD = {longitude: 8.2, latitude: 46.8, zoom: 6.6};
const still = matchMedia('(prefers-reduced-motion: reduce)');

class Page {
  constructor() {
    this.state = read(location.hash);
    this.api = new Api();
    this.scene = new Scene();
    this.trails = new Trails();
    this.planes = [];
    this.about = null;
    this.error = null;
    this.frame = 0;
    this.tick = 0;
    const {lon, lat, z} = this.state;
    this.placed = lon !== null && lat !== null && z !== null;
    const view = this.placed ? {longitude: lon, latitude: lat, zoom: z} : WORLD;
    this.map = new LiveMap(byId('map'), view, {
      view: (now) => this.set({lon: now.longitude, lat: now.latitude, z: now.zoom}, {quiet: true}),
      pick: (icao24) => this.select(icao24),
      failed: (error) => this.#broken(error),
    });
    this.table = new TableView({sort: (column) => this.#sort(column), pick: (icao24) => this.select(icao24, true)});
    this.details = new Details(byId('details'), () => this.select(''));
    this.labelOf = this.#labels();
  }

  /** Unix seconds by the server's clock; in a replay those of the recording. */
  get now() {
    return Date.now() / 1000 + this.api.ahead - (this.behind ?? 0);
  }

  get theme() {
    return effective(this.state.theme);
  }

  get filters() {
    return Object.fromEntries(Object.keys(NONE).map((key) => [key, this.state[key]]));
  }

  /** Change what a link carries; everything that depends on it follows. */
  set(changes, {quiet = false} = {}) {
    Object.assign(this.state, changes);
    // The first change starts the clock: a map that moves all the time must not put it off for ever.
    this.saving ??= setTimeout(() => {
      this.saving = undefined;
      history.replaceState(null, '', `#${write(this.state)}`);
    }, 150);
    if (!quiet) this.refresh();
  }

  select(icao24, centre = false) {
    this.set({sel: icao24});
    const place = centre && this.scene.movers.get(icao24)?.at(this.now);
    const zoom = Math.max(this.map.view.zoom, 7);
    if (place) this.map.go({longitude: place[0], latitude: place[1], zoom}, still.matches ? 0 : 500);
  }

  home() {
    if (this.about?.box) this.map.fit(this.about.box, still.matches ? 0 : 500);
    else this.map.go(WORLD);
  }

  async poll() {
    const {document, error} = await this.api.flights();
    if (document) this.#take(document);
    if (document || error) this.error = error ?? document.error;
    if (this.about) {
      const {points, whole, error: failed} = await this.api.trails();
      if (points) this.trails.take(points, whole);
      this.trailsError = failed;
    }
    this.refresh();
    setTimeout(() => this.poll(), 1000 * (this.about?.refresh_s ?? 3));
  }

  #take(document) {
    this.about = document;
    this.planes = planesOf(document);
    const heard = this.planes.map((plane) => plane.last_contact ?? 0);
    const recorded = document.source === 'replay' && heard.length > 0;
    this.behind = recorded ? Date.now() / 1000 + this.api.ahead - Math.max(...heard) : 0;
    this.scene.take(this.planes, this.now);
    panel.showSource(document);
    if (!this.placed) {
      this.placed = true;
      this.home();
    }
  }

  /** Everything that changes with the data, the state or the second. */
  refresh() {
    this.tick += 1;
    const {about, filters, theme, planes, now} = this;
    document.documentElement.dataset.theme = theme;
    const polled = this.about?.source === 'replay' ? now : newestPoll(planes);
    panel.showBanner(this.error ?? this.trailsError ?? null);
    panel.showLegend(theme, this.state.units);
    panel.showFilters(filters, this.state.units);
    say(byId('units'), this.state.units === 'metric' ? 'm' : 'ft');
    this.#showTableState();
    if (!about) return;
    this.trails.forget((polled ?? now) - about.window_s);
    const looks = {about, theme, selected: this.state.sel};
    this.scene.mark((plane) => passes(plane, filters), polled ?? now, now, looks);
    this.scene.draw(this.trails, about, theme);
    const passing = planes.filter((plane) => passes(plane, filters));
    panel.showAge(polled && now - polled, about);
    panel.showCountries(planes, filters.country);
    panel.showCounts(planes, passing.length, count(filters) > 0);
    if (this.state.table) this.table.show(passing, this.state, now, theme);
    const chosen = planes.find((plane) => plane.icao24 === this.state.sel);
    this.details.show(this.state.sel, chosen, this.state.units, now);
  }

  #showTableState() {
    byId('table').hidden = !this.state.table;
    byId('table-toggle').setAttribute('aria-expanded', this.state.table);
    if (this.labelUnits !== this.state.units) this.labelOf = this.#labels();
  }

  #labels() {
    this.labelUnits = this.state.units;
    const chosen = this.labelUnits;
    return (plane) =>
      plane.on_ground ? nameOf(plane) : `${nameOf(plane)}\n${units.altitude(plane.baro_altitude, chosen)}`;
  }

  #sort(column) {
    const turned = this.state.sort === column && this.state.dir === 'asc' ? 'desc' : 'asc';
    this.set({sort: column, dir: turned});
  }

  #broken(error) {
    this.error = {message: `The map cannot be drawn: ${error.message}.`, remedy: 'The table works without WebGL.'};
    this.refresh();
  }

  /** One frame; the next one when this one has been worth its time: slow machines get fewer. */
  animate() {
    const started = performance.now();
    const {now, tick, about, labelOf, theme} = this;
    this.scene.move(now);
    const {marks, marked, tailed, paths} = this.scene;
    this.map.draw({
      ...{marks, marked, tailed, paths, theme, about, labelOf, tick, selected: this.state.sel},
      frame: (this.frame += 1),
      pulse: still.matches ? 0.5 : (1 + Math.sin(now * 4)) / 2,
    });
    const frames = this.map.frames;
    const again = () => {
      if (this.map.frames === frames && performance.now() - started < 1000) return requestAnimationFrame(again);
      const cost = Math.min(performance.now() - started, SLOWEST_FRAME_MS);
      const pause = still.matches ? 1000 : Math.max(FRAME_MS, cost);
      setTimeout(() => requestAnimationFrame(() => this.animate()), pause);
    };
    requestAnimationFrame(again);
  }
}

function bind(page) {
  const toggle = byId('filters-toggle');
  const open = (wanted) => {
    byId('filters').hidden = !wanted;
    toggle.setAttribute('aria-expanded', wanted);
  };
  toggle.addEventListener('click', () => open(byId('filters').hidden));
  byId('filters').addEventListener('input', () => page.set(panel.readForm()));
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  const actions = {
    home: () => page.home(),
    'table-toggle': () => page.set({table: !page.state.table}),
    units: () => page.set({units: units.other(page.state.units)}),
    theme: () => page.set({theme: page.theme === 'dark' ? 'light' : 'dark'}),
    clear: () => page.set(NONE) ?? panel.fillForm(NONE),
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener('click', act);
  const search = () => open(true) ?? byId('q').focus();
  bindKeys({h: actions.home, t: actions['table-toggle'], u: actions.units, d: actions.theme, '/': search, Escape: () => page.select('')});
  document.querySelector('.skip').addEventListener('click', (event) => event.preventDefault() ?? search());
  if (count(page.filters) > 0 && innerWidth > 640) open(true);
  panel.showCountries([], page.filters.country);
  panel.fillForm(page.filters);
  onPreference(() => page.refresh());
}

const page = new Page();
bind(page);
hook(page);
page.refresh();
page.poll();
page.animate();
setInterval(() => page.refresh(), 1000);
