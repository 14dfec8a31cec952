// A line chart over the steps: everything that stands still is drawn once, the clock's cursor over it.

import { blank, el, penOf } from "./dom.js";
import { drawMark, ruled } from "./marks.js";
import { digits, superscript } from "./numbers.js";

/** @import { Line } from "pages/shared/wire/head.py" */
/** @import { Column } from "./bundle.js" */
/** @import { Colours, Theme } from "./dom.js" */

/** @typedef {Omit<Line, "band"> & { values: Column, from: number, band?: [Column, Column] }} Series */
/** `room`: pixels on the right for the names of the lines; charts on one clock share it. @typedef {{ title: string, unit?: number | null, lines: Series[], room: number, clock: string, steps: number }} Spec */
/** @typedef {{ to: (v: number) => number, at?: (part: number) => number, ticks: [number, string][] }} Scale */
/** A curve that a hand has drawn: a value a step, NaN where there is none. @typedef {Float64Array} Sketch */

const MARGIN = { left: 50, right: 16, top: 30, bottom: 22 };
const NAME = 13; // from one name of a line to the next
const DECADES = 10; // that a hand may draw in, below the value at the start
const [ABOVE, BELOW] = [1e9, 1e-21]; // of the largest value that a line begins with: beyond, a log scale shows no line, but says where it went

// A scale maps values to [0, 1] going up, and knows the ticks that a reader expects.
/** @param {number} low @param {number} high @param {number | null} unit @param {number} most ticks, about @returns {Scale} */
function makeScale(low, high, unit, most) {
  if (unit === null) {
    let [a, b] = [Math.log10(low), Math.log10(high)];
    if (b - a < 0.3) [a, b] = [a - 0.2, b + 0.2];
    const every = Math.max(1, Math.ceil((Math.floor(b) - Math.ceil(a)) / most));
    const ticks = /** @type {Scale["ticks"]} */ ([]);
    for (let k = Math.ceil(a); k <= b; k++) if (k % every === 0) ticks.push([10 ** k, power(k)]);
    if (ticks.length < 2) for (const v of [low, high]) ticks.push([v, digits(v, "", 2)]);
    return { to: (v) => (v > 0 ? (Math.log10(v) - a) / (b - a) : NaN), at: (part) => 10 ** (a + part * (b - a)), ticks };
  }
  const bend = (/** @type {number} */ v) => Math.asinh(v / unit);
  const [a, b] = [bend(low), bend(high)];
  const [top, ticks] = [Math.max(high, -low), /** @type {Scale["ticks"]} */ (low < 0 && high > 0 ? [[0, "0"]] : [])];
  const every = Math.max(1, Math.round(Math.log10(top / unit) / 3));
  for (let k = Math.floor(Math.log10(unit)); 10 ** k <= top; k += every) {
    if (10 ** k <= high) ticks.push([10 ** k, power(k)]);
    if (-(10 ** k) >= low) ticks.push([-(10 ** k), "−" + power(k)]);
  }
  return { to: (v) => (bend(v) - a) / (b - a || 1), ticks };
}

/** @param {number} k */
function power(k) {
  return k >= -2 && k <= 3 ? String(Number((10 ** k).toFixed(2))) : "10" + superscript(k);
}

/** @param {HTMLCanvasElement} canvas @param {Theme} theme @param {() => number} horizon the last step that may be seen */
export function makeChart(canvas, theme, horizon) {
  const still = el("canvas");
  /** @type {Spec} */
  let spec = { title: "", lines: [], room: 0, clock: "", steps: 0 };
  /** @type {Scale["to"]} */
  let to = () => NaN;
  let box = { width: 0, height: 0, w: 0, h: 0 };
  let [k, margin] = [1, MARGIN]; // k: as in the theme
  let until = Infinity; // what is drawn ends here
  let at = /** @type {Scale["at"]} */ (undefined);
  let sketch = /** @type {Sketch} */ (new Float64Array());
  let held = NaN; // the step that a drawing hand was at

  function size() {
    const { clientWidth: width, clientHeight: height } = canvas;
    k = theme().k;
    const { left, right, top, bottom } = MARGIN;
    margin = { left: k * left, right: k * right, top: k * top, bottom: k * bottom };
    box = { width, height, w: width - margin.left - Math.max(margin.right, spec.room), h: height - margin.top - margin.bottom };
  }

  const px = (/** @type {number} */ t) => margin.left + (t / Math.max(spec.steps, 1)) * box.w;
  const py = (/** @type {number} */ part) => margin.top + (1 - part) * box.h;

  function drawStill() {
    const pen = blank(still, box.width, box.height);
    until = horizon();
    const lines = spec.lines.map((line) => {
      const seen = (/** @type {Column} */ column) => column.subarray(0, until - line.from + 1);
      return { ...line, values: seen(line.values), band: line.band && /** @type {[Column, Column]} */ (line.band.map(seen)) };
    });
    let { unit = null } = spec;
    let [low, high, first, least] = [Infinity, -Infinity, 0, Infinity];
    to = () => NaN;
    for (const { values, band } of lines) {
      first = Math.max(first, values.find((v) => v > 0 && v < Infinity) ?? 0);
      for (const v of band ? [...band[0], ...band[1]] : values) {
        if (!Number.isFinite(v) || (unit === null && v <= 0)) continue;
        if (v < low) low = v;
        if (v > high) high = v;
        if (v) least = Math.min(least, Math.abs(v));
      }
    }
    if (unit !== null && until < Infinity) unit = Math.max(Math.min(least, 1e300), 1e-12 * Math.max(high, -low)); // that of the run would tell
    const colours = theme();
    pen.font = `600 ${13 * k}px ${colours.font}`;
    pen.fillStyle = colours.text;
    pen.textBaseline = "alphabetic";
    pen.textAlign = "left";
    pen.fillText(spec.title, margin.left, 14 * k);
    if (low > high) return;
    if (unit === null) [low, high] = [Math.max(low, first * BELOW), Math.min(high, first * ABOVE)];
    if (sketch.length && unit === null && until < Infinity) [low, high] = [Math.min(low, first / 10 ** DECADES), Math.max(high, 10 * first)];
    const scale = makeScale(low, high, unit, Math.max(2, Math.min(5, Math.floor(box.h / (24 * k)))));
    ({ to, at } = scale);

    pen.font = `${12 * k}px ${colours.font}`;
    ruled(pen, colours.grid, 1);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    const written = /** @type {number[]} */ ([]); // heights; near 0 ticks can lie too close to be read
    for (const [value, label] of scale.ticks) {
      const y = py(to(value));
      if (!(y >= margin.top - 1 && y <= margin.top + box.h + 1)) continue;
      pen.beginPath(); pen.moveTo(margin.left, y); pen.lineTo(margin.left + box.w, y); pen.stroke();
      if (written.some((other) => Math.abs(other - y) < 12 * k)) continue;
      written.push(y);
      pen.fillText(label, margin.left - 6 * k, y);
    }
    pen.textBaseline = "alphabetic";
    for (const t of [0, Math.round(spec.steps / 2), spec.steps]) {
      pen.textAlign = t === 0 ? "left" : t === spec.steps ? "right" : "center";
      pen.fillText(t === 0 ? `${spec.clock} 0` : String(t), px(t), box.height - 6 * k);
    }

    pen.save();
    pen.beginPath(); pen.rect(margin.left - 2, margin.top - 2, box.w + 8, box.h + 4); pen.clip();
    for (const { values, from, colour, dash, width, band } of lines) {
      if (band) fillBand(pen, band, from, colours.of(colour));
      ruled(pen, colours.of(colour), (width ?? 2) * colours.bold, dash);
      pen.lineJoin = "round";
      pen.beginPath();
      let drawing = false;
      for (let i = 0; i < values.length; i++) {
        const y = py(to(values[i]));
        if (!Number.isFinite(y)) { drawing = false; continue; }
        if (drawing) pen.lineTo(px(i + from), y); else pen.moveTo(px(i + from), y);
        drawing = true;
      }
      pen.stroke();
    }
    pen.restore();
    labelEnds(pen, colours, lines);
    labelFar(pen, colours, lines, [low, high]);
  }

  // Between two lines; what has left the scale (an ended run counts as infinite) goes to its edge.
  /** @param {CanvasRenderingContext2D} pen @param {[Column, Column]} band @param {number} from @param {string} colour */
  function fillBand(pen, [low, high], from, colour) {
    const at = (/** @type {number} */ v) => { const y = py(to(v)); return Number.isFinite(y) ? y : v > 0 ? margin.top - 9 : margin.top + box.h + 9; };
    pen.beginPath();
    for (let i = 0; i < low.length; i++) pen.lineTo(px(i + from), at(low[i]));
    for (let i = high.length - 1; i >= 0; i--) pen.lineTo(px(i + from), at(high[i]));
    pen.globalAlpha = 0.18;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  }

  // Lines that share a colour carry their name right of the plot, in the order of their ends; names never overlap.
  /** @param {CanvasRenderingContext2D} pen @param {Colours} colours @param {Series[]} lines */
  function labelEnds(pen, colours, lines) {
    pen.font = `600 ${12 * k}px ${colours.font}`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    const names = /** @type {{ end: string, colour: string, y: number }[]} */ ([]);
    for (const { values, colour, end } of lines) {
      let last = values.length - 1;
      while (last > 0 && !Number.isFinite(py(to(values[last])))) last--;
      const y = py(to(values[last]));
      if (end && Number.isFinite(y)) names.push({ end, colour, y });
    }
    names.sort((a, b) => a.y - b.y);
    const lowest = margin.top + box.h;
    names.forEach((name, i) => { name.y = Math.max(name.y, i ? names[i - 1].y + NAME * k : margin.top + 4); });
    for (let i = names.length - 1, most = lowest; i >= 0; i--, most -= NAME * k) names[i].y = Math.min(names[i].y, most);
    for (const { end, colour, y } of names) {
      pen.fillStyle = colours.of(colour);
      pen.fillText(end, margin.left + box.w + 7, y);
    }
  }

  // A line that ends off the scale carries its last value where it leaves.
  /** @param {CanvasRenderingContext2D} pen @param {Colours} colours @param {Series[]} lines @param {[number, number]} scale */
  function labelFar(pen, colours, lines, [low, high]) {
    pen.textBaseline = "middle";
    const off = (/** @type {number} */ v) => v > high || v < low;
    lines.forEach(({ values, from, colour }, row) => {
      const finite = values.filter(Number.isFinite);
      const last = finite[finite.length - 1];
      if (!off(last)) return;
      const leaves = finite.findLastIndex((v) => !off(v)) + 1;
      const right = px(leaves + from) < margin.left + box.w / 2;
      pen.textAlign = right ? "left" : "right";
      pen.fillStyle = colours.of(colour);
      pen.fillText(`${last > high ? "↑" : "↓"} ${digits(last, "", 3)}`, px(leaves + from) + (right ? 8 : -8), last > high ? margin.top + 8 + NAME * k * row : margin.top + box.h - 8 - NAME * k * row);
    });
  }

  // How many pixels the names of these lines need.
  /** @param {Line[]} lines */
  function roomFor(lines) {
    const pen = penOf(still);
    const { k, font } = theme();
    pen.font = `600 ${12 * k}px ${font}`;
    return Math.min(80 * k, Math.max(0, ...lines.map(({ end }) => (end ? pen.measureText(end).width + 10 : 0))));
  }

  /** @param {number} t */
  function draw(t) {
    if (!still.width || !still.height) return;
    if (horizon() !== until) drawStill();
    const pen = blank(canvas, box.width, box.height);
    pen.save();
    pen.resetTransform();
    pen.drawImage(still, 0, 0);
    pen.restore();
    const colours = theme();
    ruled(pen, colours.cursor, 1.5 * colours.bold);
    pen.beginPath(); pen.moveTo(px(t), margin.top); pen.lineTo(px(t), margin.top + box.h); pen.stroke();
    if (sketch.length) {
      ruled(pen, colours.text, 2 * colours.bold, [3, 4]);
      pen.beginPath();
      sketch.forEach((value, step) => { const y = py(to(value)); if (Number.isFinite(y)) pen.lineTo(px(step), y); });
      pen.stroke();
      pen.setLineDash([]);
    }
    for (const { values, from, colour, mark } of spec.lines) {
      const i = Math.min(t - from, values.length - 1);
      if (i < 0) continue;
      const y = py(to(values[i]));
      if (y >= margin.top - 3 && y <= margin.top + box.h + 3) drawMark(pen, mark, px(i + from), y, 4 * colours.bold, colours.of(colour), colours.background);
    }
  }

  // What the hand has drawn, to the step and height that it is at now; a hand that has jumped draws a straight line.
  /** @param {number} t @param {number} y px */
  function drawTo(t, y) {
    if (!at || !(t >= 0 && t < sketch.length)) return;
    const value = at(1 - (y - margin.top) / box.h);
    const [from, before] = Number.isNaN(held) ? [t, value] : [held, sketch[held]];
    for (let k = Math.min(from, t); k <= Math.max(from, t); k++) sketch[k] = from === t ? value : before * (value / before) ** ((k - from) / (t - from));
    held = t;
  }

  return {
    drawTo,
    lift() { held = NaN; },
    /** @param {Sketch} next */
    sketch(next) { sketch = next; held = NaN; until = NaN; },
    /** @param {Spec} next */
    show(next) { spec = next; size(); drawStill(); },
    draw,
    roomFor,
    stepAt: (/** @type {number} */ x) => Math.round(((x - margin.left) / box.w) * spec.steps),
  };
}
