// Our own plane shapes, drawn once into an atlas: a row of fills, a row of outlines below.

const CELL = 96;
const SHAPES = {
  jet: 'M0-42C4-42 6.500-35 6.500-27V-13L41 10V18L6.500 7V25L16 33V39L0 34L-16 39V33L-6.500 25V7L-41 18V10L-6.500-13V-27C-6.500-35-4-42 0-42Z',
  light: 'M0-34C4-34 5-30 5-26V-15H38V-5L5-2V22L15 27V33H-15V27L-5 22V-2L-38-5V-15H-5V-26C-5-30-4-34 0-34Z',
  glider: 'M0-30C3-30 4-26 4-20V-10L44-6V0L4-1V24L13 28V32H-13V28L-4 24V-1L-44 0V-6L-4-10V-20C-4-26-3-30 0-30Z',
  rotor: 'M0-30C7-30 9-24 9-16L30-37 35-32 13-10 35 12 30 17 8-5 4 22 12 27V33H-12V27L-4 22-8-5-30 17-35 12-13-10-35-32-30-37-9-16C-9-24-7-30 0-30Z',
};
const KINDS = Object.keys(SHAPES);

/** Where each icon is: `jet` is filled, `jet-outline` its surroundings. */
export const MAPPING = Object.fromEntries(
  KINDS.flatMap((kind, column) => [
    [kind, cell(column, 0)],
    [`${kind}-outline`, cell(column, 1)],
  ]),
);

function cell(column, row) {
  return {x: column * CELL, y: row * CELL, width: CELL, height: CELL, mask: true};
}

/** The atlas as an image; only its opacity counts, colours come from the layer. */
export function atlas() {
  const canvas = document.createElement('canvas');
  canvas.width = CELL * KINDS.length;
  canvas.height = CELL * 2;
  const context = canvas.getContext('2d');
  context.lineJoin = 'round';
  KINDS.forEach((kind, column) => {
    const shape = new Path2D(SHAPES[kind]);
    for (const row of [0, 1]) {
      context.setTransform(1, 0, 0, 1, (column + 0.5) * CELL, (row + 0.5) * CELL);
      context.fill(shape);
      if (row === 1) {
        context.lineWidth = 9;
        context.stroke(shape);
      }
    }
  });
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
