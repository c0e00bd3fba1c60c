// What is drawn and where, for tests and for the curious: `headwater.planes()` in the console.

export function hook(page) {
  window.headwater = {
    /** One record per drawn plane; x and y are CSS pixels of the page. */
    planes: () =>
      page.scene.marks.map(({plane, place, presence, colour}) => {
        const [x, y] = page.map.pixel(place) ?? [null, null];
        return {...plane, place, presence, colour, x, y};
      }),
    trails: () => page.scene.paths.length,
    view: () => page.map.view,
    frames: () => page.map.frames,
    state: () => ({...page.state}),
  };
}
