// The picture of one step: the ground round θ before it, the gradient's direction, the methods' steps to scale, the box
// that no step leaves; and the squares whose area is s and whose side is its root.

import { blank, el, penOf } from "../../shared/web/dom.js";
import { between, partInside } from "../../shared/web/ground.js";
import { drawMark, ruled } from "../../shared/web/marks.js";

/** @import { Run } from "pages/shared/wire/head.py" */
/** @import { Walk } from "pages/step_by_step/head.py" */
/** @import { Bundle, Column } from "../../shared/web/bundle.js" */
/** @import { Colours } from "../../shared/web/dom.js" */
/** @import { Stage } from "../../shared/web/player.js" */

/** A method that makes a step from here. @typedef {Run & { delta: number[] }} Mover */

const FINE = 51; // points a side of the ground as it is drawn
const TINTS = 64;

// Catmull-Rom between the points of a square grid, carried on in straight lines at its edges.
/** @param {Column} coarse @param {number} n */
function upsampled(coarse, n) {
  const line = (/** @type {(k: number) => number} */ get) => {
    const at = (/** @type {number} */ k) => (k < 0 ? 2 * get(0) - get(1) : k >= n ? 2 * get(n - 1) - get(n - 2) : get(k));
    return (/** @type {number} */ place) => {
      const k = Math.min(Math.floor(place), n - 2);
      const u = place - k;
      const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
      return b + 0.5 * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
    };
  };
  const places = Array.from({ length: FINE }, (_, k) => (k * (n - 1)) / (FINE - 1));
  const rows = Array.from({ length: n }, (_, j) => places.map(line((k) => coarse[j * n + k])));
  const fine = new Float64Array(FINE * FINE);
  for (let k = 0; k < FINE; k++) {
    const column = line((j) => rows[j][k]);
    places.forEach((place, j) => { fine[j * FINE + k] = column(place); });
  }
  return fine;
}

// Level lines by marching squares, at low + k · step: their segments go to the path, in grid units from the lower left.
/** @param {Float64Array} field @param {number} low @param {number} step @param {(x0: number, y0: number, x1: number, y1: number) => void} line */
function levelLines(field, low, step, line) {
  for (let j = 0; j < FINE - 1; j++) {
    for (let i = 0; i < FINE - 1; i++) {
      const at = j * FINE + i;
      const [a, b, c, d] = [field[at], field[at + 1], field[at + FINE + 1], field[at + FINE]];
      const last = (Math.max(a, b, c, d) - low) / step;
      for (let k = Math.ceil((Math.min(a, b, c, d) - low) / step); k <= last; k++) {
        const level = low + k * step;
        let [x, y, open] = [0, 0, false];
        const cut = (/** @type {number} */ u, /** @type {number} */ v) => {
          if (open) line(x, y, u, v);
          [x, y, open] = [u, v, !open];
        };
        if ((a > level) !== (b > level)) cut(i + (level - a) / (b - a), j);
        if ((b > level) !== (c > level)) cut(i + 1, j + (level - b) / (c - b));
        if ((c > level) !== (d > level)) cut(i + (level - d) / (c - d), j + 1);
        if ((d > level) !== (a > level)) cut(i, j + (level - a) / (d - a));
      }
    }
  }
}

const tints = /** @type {Record<string, Uint8ClampedArray>} */ ({}); // of the themes seen, by their background

// The surface's colours from low to high.
/** @param {Colours} colours */
function tintsOf(colours) {
  const brush = penOf(el("canvas", { width: TINTS, height: 1 }));
  const shade = brush.createLinearGradient(0, 0, TINTS, 0);
  for (const [part, colour] of colours.surface) shade.addColorStop(part, colour);
  brush.fillStyle = shade;
  brush.fillRect(0, 0, TINTS, 1);
  return brush.getImageData(0, 0, TINTS, 1).data;
}

/** @param {Stage} stage */
export function makeStepPicture({ theme, landscape, horizon }) {
  const canvas = el("canvas", { role: "img" });
  const squares = [el("canvas", { "aria-hidden": "true" }), el("canvas", { "aria-hidden": "true" })];
  /** @type {Bundle} */
  let bundle;
  /** @type {Walk} */
  let walk;
  /** @type {Map<HTMLCanvasElement, [number, number]>} */
  const sizes = new Map(); // read when they change: asking for them in each frame would lay the page out twice
  const ground = { key: "", canvas: el("canvas") };
  let scales = [0, 1].map(() => ({ side: 0, rms: 0, g: 0 })); // the largest: root of what the root is taken of, rms, |g|
  let measured = NaN; // up to this step
  const small = el("canvas", { width: FINE, height: FINE });

  /** @param {Bundle} next */
  function show(next) {
    bundle = next;
    walk = next.head.walk;
    ground.key = "";
    measured = NaN;
  }

  // The largest of the run, as far as it may be seen.
  function gauge() {
    if (Object.is(measured, horizon())) return;
    measured = horizon();
    const { columns } = bundle;
    const mean = meanOf(walk);
    scales = ["x", "y"].map((axis, i) => {
      const most = (/** @type {string} */ name, /** @type {(v: number) => number} */ size) => {
        let top = 0;
        for (const v of columns[`${walk.method}.${name}.${axis}`]?.subarray(0, measured) ?? []) top = Math.max(top, size(v) || 0);
        return top;
      };
      const side = mean ? Math.max(Math.sqrt(walk.start[mean]?.[i] ?? 0), most(mean, Math.sqrt)) : 0;
      return { side, rms: most("rms", Math.abs), g: most("g", Math.abs) };
    });
  }

  /** @param {HTMLCanvasElement} target @returns {[CanvasRenderingContext2D, number, number]} */
  function pen(target) {
    const [width, height] = sizes.get(target) ?? [0, 0];
    return [blank(target, width, height), width, height];
  }

  // f on the fine grid round θ before step t: the surface's own grid where that has points enough, else the step's.
  /** @param {number} t @param {number} x @param {number} y @param {number} reach */
  function field(t, x, y, reach) {
    const { surface } = landscape;
    if (surface) {
      const { x: [x0, x1], y: [y0, y1] } = surface;
      const inside = x - reach >= x0 && x + reach <= x1 && y - reach >= y0 && y + reach <= y1;
      if (inside && 8 * reach >= x1 - x0 && 8 * reach >= y1 - y0) {
        const height = between(surface, surface.f);
        const along = (/** @type {number} */ k) => reach * ((2 * k) / (FINE - 1) - 1);
        return Float64Array.from({ length: FINE * FINE }, (_, k) => height(x + along(k % FINE), y + along(Math.floor(k / FINE))));
      }
    }
    const { side, first, count } = walk.zoom;
    const row = t - 1 - first;
    if (row < 0 || row >= count) return null; // it comes when the clock rests
    const coarse = bundle.columns["zoom.f"].subarray(row * side * side, (row + 1) * side * side);
    return coarse.every((v) => Number.isFinite(v)) ? upsampled(coarse, side) : null;
  }

  /** @param {number} t @param {number} x @param {number} y @param {number} reach @param {number} size @param {Colours} colours */
  function drawGround(t, x, y, reach, size, colours) {
    const key = `${bundle.head.run} ${t} ${size} ${colours.background}`;
    if (ground.key === key) return;
    ground.key = key;
    const brush = blank(ground.canvas, size, size);
    const values = field(t, x, y, reach);
    if (!values) return;
    let [low, high] = [Infinity, -Infinity];
    for (const v of values) { low = Math.min(low, v); high = Math.max(high, v); }
    if (!(high > low)) return;
    const shades = (tints[colours.background] ??= tintsOf(colours));
    const pixels = new ImageData(FINE, FINE);
    for (let k = 0; k < values.length; k++) {
      const at = 4 * ((FINE - 1 - Math.floor(k / FINE)) * FINE + (k % FINE));
      const from = 4 * Math.min(TINTS - 1, Math.floor(((values[k] - low) / (high - low)) * TINTS));
      for (let c = 0; c < 4; c++) pixels.data[at + c] = shades[from + c];
    }
    penOf(small).putImageData(pixels, 0, 0);
    brush.drawImage(small, 0, 0, size, size);
    const unit = size / (FINE - 1);
    ruled(brush, colours.level, 1);
    brush.beginPath();
    levelLines(values, low, (high - low) / 14, (x0, y0, x1, y1) => {
      brush.moveTo(x0 * unit, size - y0 * unit);
      brush.lineTo(x1 * unit, size - y1 * unit);
    });
    brush.stroke();
  }

  // The step in a beat of this kind; returns the keys of the methods that leave the picture.
  /** @param {number} t @param {{ center: number[], reach: number, g: number[], methods: Mover[], box: number } | null} step @param {string} kind */
  function draw(t, step, kind) {
    const [brush, width, height] = pen(canvas);
    if (!width || !height || !walk || !step) return [];
    const colours = theme();
    const size = Math.min(width, height);
    const [x, y] = step.center;
    const { reach } = step;
    drawGround(t, x, y, reach, size, colours);
    brush.save();
    brush.beginPath(); brush.rect(0, 0, size, size); brush.clip();
    brush.drawImage(ground.canvas, 0, 0, size, size);
    const middle = size / 2;
    const px = (/** @type {number} */ v) => middle + (v / reach) * middle;
    const py = (/** @type {number} */ v) => middle - (v / reach) * middle;
    if (step.box > 0 && step.box <= 2 * reach) {
      ruled(brush, colours.of("sym-delta"), colours.bold * (kind === "divide" || kind === "move" ? 2.4 : 1.6), [3, 4]);
      brush.strokeRect(px(-step.box), py(step.box), px(step.box) - px(-step.box), py(-step.box) - py(step.box));
    }
    const steep = Math.hypot(...step.g);
    if (steep > 0 && Number.isFinite(steep)) {
      const long = size * 0.4;
      const tip = [middle - (step.g[0] / steep) * long, middle + (step.g[1] / steep) * long];
      dottedArrow(brush, [middle, middle], tip, colours.of("sym-g"), colours.bold * (kind === "gradient" ? 3.4 : 2));
    }
    const outside = /** @type {string[]} */ ([]);
    /** @type {[number, number]} */
    const near = [-4 * size, 4 * size]; // a canvas rounds pixels that are further away
    for (const { key, colour, mark, dash, delta } of [...step.methods].reverse()) {
      const [dx, dy] = [px(-delta[0]), py(-delta[1])];
      if (!Number.isFinite(dx) || !Number.isFinite(dy)) { outside.push(key); continue; }
      const [, far] = partInside(middle, middle, dx, dy, { x: near, y: near }) ?? [0, 1];
      ruled(brush, colours.of(colour), colours.bold * (kind === "move" && key === walk.method ? 4.4 : 3), dash);
      brush.beginPath(); brush.moveTo(middle, middle); brush.lineTo(middle + far * (dx - middle), middle + far * (dy - middle)); brush.stroke();
      if (dx >= 0 && dx <= size && dy >= 0 && dy <= size) drawMark(brush, mark, dx, dy, 6.5 * colours.bold, colours.of(colour), colours.background);
      else outside.push(key);
    }
    brush.fillStyle = colours.text;
    brush.beginPath(); brush.arc(middle, middle, 3.5 * colours.bold, 0, 2 * Math.PI); brush.fill();
    brush.restore();
    ruled(brush, colours.grid, 1);
    brush.strokeRect(0.5, 0.5, size - 1, size - 1);
    return outside;
  }

  // Area `area`, its side, the divisor's side, the last step's square, and |g| as a bar on the same scale; faintly the
  // largest square of the run. Returns how much of the largest side this one has, if that is too little to see.
  /** @param {number} i @param {{ area: number, rms: number, before: number, g: number }} sizes @param {string} kind of the beat */
  function drawSquare(i, { area, rms, before, g }, kind) {
    const [brush, width, height] = pen(squares[i]);
    if (!width || !walk) return null;
    const colours = theme();
    gauge();
    const mean = Math.sqrt(area);
    const most = { side: Math.max(scales[i].side, mean), rms: Math.max(scales[i].rms, rms), g: Math.max(scales[i].g, Math.abs(g)) };
    const room = Math.min(height - 14, width - 100); // right of it stand the words
    const unit = Math.min(room / (Math.max(most.side, most.rms) || 1), (width - 4) / (most.g || 1)); // rms is far larger where ε is
    const base = height - 11;
    const side = (/** @type {number} */ v) => Math.max(unit * v, 1);
    const square = (/** @type {number} */ v) => brush.strokeRect(2, base - side(v), side(v), side(v));
    ruled(brush, colours.of("ghost"), 1);
    brush.globalAlpha = 0.6;
    square(most.side);
    brush.fillStyle = colours.of("sym-s");
    brush.globalAlpha = kind === "square" || kind === "center" ? 0.62 : 0.38;
    brush.fillRect(2, base - side(mean), side(mean), side(mean));
    brush.globalAlpha = 1;
    ruled(brush, colours.of("sym-rms"), kind === "root" || kind === "divide" ? 3 : 1.8);
    square(rms);
    ruled(brush, colours.of("sym-s"), 1.4, [3, 3]);
    square(Math.sqrt(before));
    brush.fillStyle = colours.of("sym-g");
    brush.fillRect(2, base + 4, side(Math.abs(g)), 5);
    return unit * mean < 10 && most.side > 0 ? mean / most.side : null;
  }

  function measure() {
    for (const each of [canvas, ...squares]) sizes.set(each, [each.clientWidth, each.clientHeight]);
    return String([...sizes.values()]);
  }

  return { canvas, squares, show, draw, drawSquare, measure };
}

// What the root is taken of in this variant: s, ŝ or w; null where a method keeps no squares.
/** @param {Walk} walk */
export function meanOf(walk) {
  const kinds = walk.beats.flatMap((beat) => beat.lines.map((line) => line.q));
  return ["w", "s_hat", "s"].find((q) => kinds.includes(q)) ?? null;
}

/** @param {CanvasRenderingContext2D} brush @param {number[]} from @param {number[]} to @param {string} colour @param {number} width */
function dottedArrow(brush, [x0, y0], [x1, y1], colour, width) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  ruled(brush, colour, width, [2, 4]);
  brush.beginPath(); brush.moveTo(x0, y0); brush.lineTo(x1, y1); brush.stroke();
  brush.fillStyle = colour;
  brush.beginPath(); brush.moveTo(x1 + 5 * Math.cos(angle), y1 + 5 * Math.sin(angle));
  for (const turn of [2.5, -2.5]) brush.lineTo(x1 + 10 * Math.cos(angle + turn), y1 + 10 * Math.sin(angle + turn));
  brush.fill();
}
