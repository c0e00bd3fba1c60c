// The layers of deck.gl, bottom to top, from one scene.
//
// scene: {theme, zoom, frame, tick, marks, marked, tailed, paths, selected, about, countries, names}
// mark:  one plane: {plane, place, presence, colour, tail}; `place` changes every frame, the rest per tick

import {GeoJsonLayer, IconLayer, LineLayer, PathLayer, ScatterplotLayer, TextLayer} from '@deck.gl/layers';
import {emergency, kindOf, nameOf} from './aircraft.js';
import {EMERGENCY} from './colours.js';
import {MAPPING, atlas} from './icons.js';
import {AIRPORTS} from './places.js';
import {THEMES} from './themes.js';

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
const LABELS_FROM = 8.2;
let icons = null;

/** The size of a plane in pixels: readable from afar, not a monster from near. */
export function iconSize(zoom) {
  return Math.min(Math.max(20 + 3.2 * (zoom - 5), 17), 46);
}

export function layers(scene) {
  icons ??= atlas();
  const colours = THEMES[scene.theme];
  return [
    ...ground(scene, colours),
    ...trails(scene),
    ...rings(scene, colours),
    ...planes(scene, colours),
    labels(scene, colours),
  ];
}

function ground({countries, names, zoom, about}, colours) {
  return [
    new GeoJsonLayer({
      id: 'land',
      data: countries,
      getFillColor: colours.land,
      getLineColor: colours.border,
      lineWidthUnits: 'pixels',
      getLineWidth: 1,
      updateTriggers: {getFillColor: colours.land, getLineColor: colours.border},
    }),
    about?.box && new PathLayer({
      id: 'area',
      data: [boxPath(about.box)],
      getPath: (path) => path,
      getColor: colours.area,
      widthUnits: 'pixels',
      getWidth: 1,
      updateTriggers: {getColor: colours.area},
    }),
    text('names', names, colours, {
      visible: zoom > 2.5 && zoom < 7.8,
      getText: ({name}) => name,
      getSize: 12,
    }),
    new ScatterplotLayer({
      id: 'airport-dots',
      data: AIRPORTS,
      visible: zoom > 5.5,
      getPosition: ({place}) => place,
      radiusUnits: 'pixels',
      getRadius: 2.2,
      getFillColor: colours.place,
      updateTriggers: {getFillColor: colours.place},
    }),
    text('airports', AIRPORTS, colours, {
      visible: zoom > 6.2,
      getText: ({code}) => code,
      getSize: 10,
      getPixelOffset: [0, 9],
    }),
  ];
}

function boxPath([west, south, east, north]) {
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}

function text(id, data, colours, more) {
  return new TextLayer({
    id,
    data,
    getPosition: ({place}) => place,
    getColor: colours.place,
    fontFamily: FONT,
    fontSettings: {sdf: true, fontSize: 40, buffer: 8, radius: 14, smoothing: 0.22},
    characterSet: 'auto',
    outlineWidth: 3,
    outlineColor: [...colours.halo, 160],
    updateTriggers: {getColor: colours.place},
    ...more,
  });
}

function trails({paths, tailed, frame, tick, theme, selected}) {
  const strength = (icao24) => (icao24 === selected ? 235 : selected ? 60 : 120);
  return [
    new PathLayer({
      id: 'trails',
      data: paths,
      getPath: ({path}) => path,
      getColor: ({colours, icao24}) => colours.map((c) => [...c, strength(icao24)]),
      getWidth: ({icao24}) => (icao24 === selected ? 3 : 1.6),
      widthUnits: 'pixels',
      jointRounded: true,
      capRounded: true,
      updateTriggers: {getColor: [theme, selected], getWidth: selected},
    }),
    new LineLayer({
      id: 'tails',
      data: tailed,
      getSourcePosition: ({tail}) => tail,
      getTargetPosition: ({place}) => place,
      getColor: ({colour, plane}) => [...colour, strength(plane.icao24)],
      getWidth: ({plane}) => (plane.icao24 === selected ? 3 : 1.6),
      updateTriggers: {
        getTargetPosition: frame,
        getSourcePosition: tick,
        getColor: [tick, selected],
        getWidth: selected,
      },
    }),
  ];
}

function rings({marked, frame, tick, zoom, selected, pulse}, colours) {
  const size = iconSize(zoom);
  return [
    new ScatterplotLayer({
      id: 'rings',
      data: marked,
      getPosition: ({place}) => place,
      radiusUnits: 'pixels',
      lineWidthUnits: 'pixels',
      stroked: true,
      getRadius: ({plane}) => size * (emergency(plane) ? 0.7 + 0.25 * pulse : 0.72),
      getFillColor: ({plane}) => (emergency(plane) ? [...EMERGENCY, 70] : [...colours.ring, 26]),
      getLineColor: ({plane}) => (emergency(plane) ? EMERGENCY : [...colours.ring, 200]),
      getLineWidth: ({plane}) => (plane.icao24 === selected ? 2.5 : 1.5),
      updateTriggers: {
        getPosition: frame,
        getRadius: [frame, zoom],
        getFillColor: [tick, colours],
        getLineColor: [tick, colours],
        getLineWidth: selected,
      },
    }),
  ];
}

function planes({marks, frame, tick, zoom, theme}, colours) {
  const shared = {
    data: marks,
    iconAtlas: icons,
    iconMapping: MAPPING,
    getPosition: ({place}) => place,
    getAngle: ({plane}) => -(plane.true_track ?? 0),
    getSize: iconSize(zoom),
    sizeUnits: 'pixels',
    updateTriggers: {getPosition: frame, getAngle: tick, getIcon: tick, getColor: [tick, theme]},
  };
  return [
    new IconLayer({
      ...shared,
      id: 'outlines',
      getIcon: ({plane}) => `${kindOf(plane)}-outline`,
      getColor: ({presence}) => [...colours.halo, 215 * presence],
    }),
    new IconLayer({
      ...shared,
      id: 'planes',
      pickable: true,
      getIcon: ({plane}) => kindOf(plane),
      getColor: ({colour, presence}) => [...colour, 255 * presence],
    }),
  ];
}

function labels({marks, marked, frame, tick, zoom, theme, labelOf}, colours) {
  return text('labels', zoom >= LABELS_FROM ? marks : marked, colours, {
    getText: ({plane}) => (emergency(plane) ? `${nameOf(plane)} ${plane.squawk}` : labelOf(plane)),
    getSize: 12,
    getColor: ({plane, presence}) => [...(emergency(plane) ? EMERGENCY : colours.label), 255 * presence],
    getPixelOffset: [0, iconSize(zoom) * 0.5 + 13],
    outlineColor: [...colours.halo, 230],
    updateTriggers: {getPosition: frame, getText: [tick, labelOf], getColor: [tick, theme]},
  });
}
