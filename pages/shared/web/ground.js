// The geometry of the 3-D view: the surface as a height over the plane, and a path laid over it.

const DRAPED = 6000; // points of a path beyond which its lines get fewer points between the steps

// a · b, both 4 × 4, column by column as WebGL has them.
export function times(a, b) {
  const sum = (i, j) => a[i] * b[4 * j] + a[4 + i] * b[4 * j + 1] + a[8 + i] * b[4 * j + 2] + a[12 + i] * b[4 * j + 3];
  return Array.from({ length: 16 }, (_, k) => sum(k % 4, k >> 2));
}

// The surface as it is drawn: heights on the grid, between them, and the height of any f.
export function makeGround(surface) {
  const { n, f, x: [x0, x1], y: [y0, y1], relief: { floor, unit } } = surface;
  const bend = floor === null ? (v) => v : (v) => Math.log10(v - floor + unit);
  const heights = Float64Array.from(f, bend);
  let [low, high] = [Infinity, -Infinity];
  for (const h of heights) {
    if (h < low) low = h;
    if (h > high && h < Infinity) high = h;
  }
  const inside = (x, y) => x >= x0 && x <= x1 && y >= y0 && y <= y1;
  function height(x, y) {
    const [u, v] = [((x - x0) / (x1 - x0)) * (n - 1), ((y - y0) / (y1 - y0)) * (n - 1)];
    const [i, j] = [Math.min(Math.floor(u), n - 2), Math.min(Math.floor(v), n - 2)];
    const [a, b, k] = [u - i, v - j, j * n + i];
    return (1 - b) * ((1 - a) * heights[k] + a * heights[k + 1]) + b * ((1 - a) * heights[k + n] + a * heights[k + n + 1]);
  }
  return { surface, bend, heights, low, high, inside, height, cell: [(x1 - x0) / (n - 1), (y1 - y0) / (n - 1)] };
}

// Whether the run's f is another one than the surface's, as where a slice is drawn of a loss over more weights.
function floats({ inside, bend, height, low, high }, run, f) {
  const off = [];
  for (let i = 0; i < run.x.length; i++) if (inside(run.x[i], run.y[i])) off.push(Math.abs(bend(f[i]) - height(run.x[i], run.y[i])));
  return off.sort((a, b) => a - b)[off.length >> 1] > 0.03 * (high - low);
}

// A run's path over the ground: points {x, y, h, step}, a step's own with its exact height. Outside the view nothing
// is drawn: the line ends at the wall, marked by a point without height. Where f floats, lines are straight.
export function drape(ground, run, f) {
  const { inside, bend, height, surface, cell } = ground;
  const steps = run.x.length - 1;
  const straight = floats(ground, run, f);
  const parts = [];
  let total = 0;
  for (let i = 0; i < steps; i++) {
    const long = Math.hypot((run.x[i + 1] - run.x[i]) / cell[0], (run.y[i + 1] - run.y[i]) / cell[1]);
    total += parts[i] = Math.min(Math.max(1, Math.ceil(long / 2)), 60);
  }
  const share = Math.min(1, DRAPED / (total || 1));
  const points = [];
  const add = (x, y, h, step, own) => points.push({ x, y, h, step, own });
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [run.x[i], run.y[i]];
    add(x, y, inside(x, y) ? bend(f[i]) : NaN, i, true);
    if (i === steps) break;
    const cut = cutToBox(x, y, run.x[i + 1], run.y[i + 1], surface);
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

const clip = (v, [low, high]) => Math.min(Math.max(v, low), high); // rounding alone: the cut lies in the box

// From where to where a segment lies in the view, as parts of it; null where it does not.
function cutToBox(x0, y0, x1, y1, { x, y }) {
  let [enter, leave] = [0, 1];
  for (const [from, to, [low, high]] of [[x0, x1, x], [y0, y1, y]]) {
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
