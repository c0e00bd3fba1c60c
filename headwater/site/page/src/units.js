// Numbers as people read them, metric or as in aviation.

const FOOT_M = 0.3048;
const KNOT_M_S = 1852 / 3600;
const NOTHING = '–';

const whole = (value) => Math.round(value).toLocaleString('en').replaceAll(',', '\u202f');

const ALTITUDE = {
  metric: (m) => `${whole(m)} m`,
  aviation: (m) => `${whole(m / FOOT_M)} ft`,
};
const SPEED = {
  metric: (v) => `${whole(v * 3.6)} km/h`,
  aviation: (v) => `${whole(v / KNOT_M_S)} kt`,
};
const VERTICAL = {
  metric: (v) => `${signed(v, v.toFixed(1))} m/s`,
  aviation: (v) => `${signed(v, whole(v * (60 / FOOT_M)))} ft/min`,
};

function signed(value, text) {
  return value > 0 ? `+${text}` : text.replace('-', '\u2212');
}

const known = (value) => value !== null && value !== undefined;
export const other = (units) => (units === 'metric' ? 'aviation' : 'metric');

/** Metres as `10,668 m` or `35,000 ft`. */
export const altitude = (metres, units) => (known(metres) ? ALTITUDE[units](metres) : NOTHING);

/** Metres per second as `830 km/h` or `448 kt`. */
export const speed = (value, units) => (known(value) ? SPEED[units](value) : NOTHING);

/** Metres per second as `+2.5 m/s` or `+492 ft/min`. */
export const vertical = (value, units) => (known(value) ? VERTICAL[units](value) : NOTHING);

/** Both, the chosen one first. */
export const both = (format, value, units) =>
  known(value) ? `${format(value, units)} · ${format(value, other(units))}` : NOTHING;

/** Degrees as `045°`. */
export const track = (degrees) =>
  known(degrees) ? `${String(Math.round(degrees) % 360).padStart(3, '0')}°` : NOTHING;

/** Seconds as `4 s`, `3 min` or `2 h`. */
export function age(seconds) {
  if (!known(seconds)) return NOTHING;
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  return s < 6000 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3600)} h`;
}
