// deck.gl over our own base map: the view, picking, and one redraw per frame.

import {Deck, MapView, WebMercatorViewport} from '@deck.gl/core';
import {Basemap} from './basemap.js';
import {layers} from './layers.js';

const PICK_PX = 9; // how far beside a plane still hits it
const DRAGGED_PX = 5;

export class LiveMap {
  /** `on`: {view(view), pick(icao24 or ''), failed(error)}. */
  constructor(parent, view, on) {
    this.view = view;
    this.on = on;
    this.frames = 0;
    this.basemap = new Basemap(() => this.#names());
    this.names = [];
    this.deck = new Deck({
      parent,
      views: new MapView({repeat: true}),
      controller: {dragRotate: false, touchRotate: false, keyboard: {moveSpeed: 80}, inertia: 250},
      initialViewState: asState(view),
      pickingRadius: PICK_PX,
      getCursor: ({isHovering, isDragging}) => (isDragging ? 'grabbing' : isHovering ? 'pointer' : 'grab'),
      onViewStateChange: ({viewState}) => this.#moved(viewState),
      onError: (error) => on.failed(error),
      onAfterRender: () => (this.frames += 1),
      layers: [],
    });
    this.#clicks(parent);
  }

  /** Draw a scene; what it needs of the map itself is added. */
  draw(scene) {
    const {zoom} = this.view;
    const countries = this.basemap.countries(this.#bounds(), zoom);
    this.deck.setProps({layers: layers({...scene, zoom, countries, names: this.names})});
  }

  /** Go to a view, at once or smoothly. */
  go(view, milliseconds = 0) {
    this.view = view;
    const transition = milliseconds ? {transitionDuration: milliseconds} : {};
    this.deck.setProps({initialViewState: {...asState(view), ...transition}});
    this.on.view(view);
  }

  /** Show a box of [west, south, east, north]. */
  fit([west, south, east, north], milliseconds = 0) {
    const {clientWidth: width, clientHeight: height} = this.deck.props.parent;
    const viewport = new WebMercatorViewport({width: Math.max(width, 100), height: Math.max(height, 100)});
    const padding = Math.min(width, height) > 700 ? 50 : 14;
    const {longitude, latitude, zoom} = viewport.fitBounds([[west, south], [east, north]], {padding});
    this.go({longitude, latitude, zoom: Math.min(zoom, 11)}, milliseconds);
  }

  /** Where a place is on the page, in CSS pixels of the map; null before the first frame. */
  pixel(place) {
    const [viewport] = this.deck.isInitialized ? this.deck.getViewports() : [];
    return viewport ? viewport.project(place) : null;
  }

  /** The browser's own clicks: a busy machine turns deck's short taps into long presses. */
  #clicks(parent) {
    let down = null;
    parent.addEventListener('pointerdown', (event) => (down = event), true);
    parent.addEventListener('click', ({clientX: x, clientY: y}) => {
      if (!down || Math.hypot(x - down.clientX, y - down.clientY) > DRAGGED_PX) return;
      const picked = this.deck.pickObject({x, y, radius: PICK_PX, layerIds: ['planes']});
      this.on.pick(picked?.object ? picked.object.plane.icao24 : '');
    });
  }

  #moved({longitude, latitude, zoom}) {
    this.view = {longitude, latitude, zoom};
    this.on.view(this.view);
  }

  #bounds() {
    const [viewport] = this.deck.isInitialized ? this.deck.getViewports() : [];
    return viewport?.getBounds();
  }

  #names() {
    this.names = this.basemap.names();
  }
}

function asState({longitude, latitude, zoom}) {
  return {longitude, latitude, zoom, minZoom: 1, maxZoom: 15, pitch: 0, bearing: 0, maxPitch: 0};
}
