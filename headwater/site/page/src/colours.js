// Altitude as colour: orange low, green at 10,000 ft, blue, magenta at 40,000 ft; grey on ground.

const FOOT_M = 0.3048;

/** Feet and hue (degrees); between them the hue is interpolated. */
export const STOPS = [
  [0, 18],
  [2000, 34],
  [6000, 70],
  [10000, 138],
  [20000, 195],
  [30000, 240],
  [40000, 302],
  [45000, 335],
];
export const EMERGENCY = [255, 59, 48];
const GREY = {dark: [150, 158, 170], light: [105, 113, 125]};
const UNKNOWN = {dark: [205, 210, 218], light: [70, 76, 86]};

/** The hue of an altitude in metres. */
export function hue(metres) {
  const feet = metres / FOOT_M;
  if (feet <= STOPS[0][0]) return STOPS[0][1];
  for (let i = 1; i < STOPS.length; i += 1) {
    const [[low, from], [high, to]] = [STOPS[i - 1], STOPS[i]];
    if (feet <= high) return from + ((to - from) * (feet - low)) / (high - low);
  }
  return STOPS.at(-1)[1];
}

/** [red, green, blue] of an altitude in metres; `null` is unknown. */
export function altitudeColour(metres, onGround, theme) {
  if (onGround) return GREY[theme];
  if (metres === null) return UNKNOWN[theme];
  const degrees = hue(metres);
  // Blue and violet look darker than green at the same lightness.
  const lift = degrees > 200 && degrees < 300 ? 8 : 0;
  return theme === 'dark' ? fromHsl(degrees, 88, 58 + lift) : fromHsl(degrees, 82, 40 + lift);
}

/** [red, green, blue] of hue (degrees), saturation and lightness (percent). */
export function fromHsl(degrees, saturation, lightness) {
  const l = lightness / 100;
  const a = (saturation / 100) * Math.min(l, 1 - l);
  const channel = (n) => {
    const k = (n + degrees / 30) % 12;
    return Math.round(255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A CSS gradient of the whole scale, low to high. */
export function gradient(theme, topFeet = 45000, steps = 30) {
  const colours = Array.from({length: steps + 1}, (_, i) =>
    altitudeColour((topFeet * FOOT_M * i) / steps, false, theme).join(' '),
  );
  return `linear-gradient(to right, ${colours.map((c) => `rgb(${c})`).join(', ')})`;
}
