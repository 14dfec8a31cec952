// The geometry of the 3-D view: the surface as a height over the plane, and a path laid over it.

/** @import { Column, Run, Surface } from "./bundle.js" */

/** A point of a path; `own`: of a step, with its exact height. @typedef {{ x: number, y: number, h: number, step: number, own: boolean }} Point */
/** @typedef {ReturnType<typeof makeGround>} Ground */

const DRAPED = 6000; // points of a path beyond which its lines get fewer points between the steps

// The surface as it is drawn: heights on the grid, between them, and the height of any f.
/** @param {Surface} surface */
export function makeGround(surface) {
  const { n, f, x: [x0, x1], y: [y0, y1], relief: { floor, unit } } = surface;
  const bend = (/** @type {number} */ v) => (floor === null ? v : Math.log10(v - floor + unit));
  const heights = Float64Array.from(f, bend);
  let [low, high] = [Infinity, -Infinity];
  for (const h of heights) {
    if (h < low) low = h;
    if (h > high && h < Infinity) high = h;
  }
  const inside = (/** @type {number} */ x, /** @type {number} */ y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
  const cell = [(x1 - x0) / (n - 1), (y1 - y0) / (n - 1)];
  return { surface, bend, heights, low, high, inside, height: between(surface, heights), cell };
}

// What stands at a place between the points of the surface's grid: linear in x and in y.
/** @param {Surface} surface @param {Column} grid */
export function between({ n, x: [x0, x1], y: [y0, y1] }, grid) {
  return (/** @type {number} */ x, /** @type {number} */ y) => {
    const [u, v] = [((x - x0) / (x1 - x0)) * (n - 1), ((y - y0) / (y1 - y0)) * (n - 1)];
    const [i, j] = [Math.min(Math.floor(u), n - 2), Math.min(Math.floor(v), n - 2)];
    const [a, b, k] = [u - i, v - j, j * n + i];
    return (1 - b) * ((1 - a) * grid[k] + a * grid[k + 1]) + b * ((1 - a) * grid[k + n] + a * grid[k + n + 1]);
  };
}

// Whether the run's f is another one than the surface's, as where a slice is drawn of a loss over more weights.
/** @param {Ground} ground @param {Run} run */
function floats({ inside, bend, height, low, high }, { x, y, f }) {
  const off = [];
  for (let i = 0; i < x.length; i++) if (inside(x[i], y[i])) off.push(Math.abs(bend(f[i]) - height(x[i], y[i])));
  return off.sort((a, b) => a - b)[off.length >> 1] > 0.03 * (high - low);
}

// A run's path over the ground: points {x, y, h, step}, a step's own with its exact height. Outside the view nothing
// is drawn: the line ends at the wall, marked by a point without height. Where f floats, lines are straight.
/** @param {Ground} ground @param {Run} run */
export function drape(ground, run) {
  const { inside, bend, height, surface, cell } = ground;
  const steps = run.x.length - 1;
  const { f } = run;
  const straight = floats(ground, run);
  const parts = /** @type {number[]} */ ([]);
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const long = Math.hypot((run.x[i + 1] - run.x[i]) / cell[0], (run.y[i + 1] - run.y[i]) / cell[1]);
    total += parts[i] = Math.min(Math.max(1, Math.ceil(long / 2)), 60);
  }
  const share = Math.min(1, DRAPED / (total || 1));
  const points = /** @type {Point[]} */ ([]);
  /** @type {(x: number, y: number, h: number, step: number, own: boolean) => void} */
  const add = (x, y, h, step, own) => points.push({ x, y, h, step, own });
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [run.x[i], run.y[i]];
    add(x, y, inside(x, y) ? bend(f[i]) : NaN, i, true);
    if (i === steps) break;
    const cut = partInside(x, y, run.x[i + 1], run.y[i + 1], surface);
    if (!cut) continue;
    const [dx, dy] = [run.x[i + 1] - x, run.y[i + 1] - y];
    const pieces = Math.max(cut[0] > 0 || cut[1] < 1 ? 24 : 1, Math.ceil(parts[i] * share));
    const [from, to] = [cut[0] > 0 ? 0 : 1, cut[1] < 1 ? pieces : pieces - 1];
    for (let k = from; k <= to; k++) {
      const at = cut[0] + (cut[1] - cut[0]) * (k / pieces);
      const [px, py] = [clip(x + at * dx, surface.x), clip(y + at * dy, surface.y)];
      add(px, py, straight ? (1 - at) * bend(f[i]) + at * bend(f[i + 1]) : height(px, py), i + at, false);
    }
  }
  return points;
}

/** @type {(v: number, limits: [number, number]) => number} */
const clip = (v, [low, high]) => Math.min(Math.max(v, low), high); // rounding alone: the cut lies in the box

// From where to where a segment lies in a box, as parts of it; null where it does not (Liang and Barsky 1984).
/** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {{ x: [number, number], y: [number, number] }} box */
export function partInside(x0, y0, x1, y1, { x, y }) {
  let [enter, leave] = [0, 1];
  for (const [from, to, [low, high]] of /** @type {[number, number, [number, number]][]} */ ([[x0, x1, x], [y0, y1, y]])) {
    if (from === to) {
      if (from < low || from > high) return null;
      continue;
    }
    const [a, b] = [(low - from) / (to - from), (high - from) / (to - from)];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return enter < leave ? [enter, leave] : null;
}
