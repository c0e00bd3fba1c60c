// Colours of the map; those of the page around it are in static/style.css.

export const THEMES = {
  dark: {
    land: [24, 37, 50],
    border: [62, 82, 102],
    area: [79, 209, 165, 60],
    place: [124, 143, 162],
    label: [226, 234, 242],
    halo: [8, 14, 20],
    ring: [255, 255, 255],
  },
  light: {
    land: [247, 248, 246],
    border: [176, 190, 202],
    area: [8, 121, 79, 80],
    place: [104, 122, 140],
    label: [24, 36, 48],
    halo: [255, 255, 255],
    ring: [10, 20, 30],
  },
};

const dark = matchMedia('(prefers-color-scheme: dark)');

/** `dark` or `light`: the choice, or what the system prefers. */
export const effective = (choice) => choice || (dark.matches ? 'dark' : 'light');

/** Call when the system's preference changes. */
export const onPreference = (call) => dark.addEventListener('change', call);
