// Where each start ends: the view twice, once for each method, a cell a start in the colour of the minimum that its run reaches;
// where there is one minimum only, of how many steps it takes. A click, or the arrow keys, start a run there.

import { blank, el, find, settled } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { drawMark, drawMinimum } from "../../shared/web/marks.js";
import { digits } from "../../shared/web/numbers.js";
import { stage as page } from "../../shared/web/stage.js";
import { makeCells } from "./cells.js";

/** @import { Column } from "../../shared/web/bundle.js" */
/** @import { Stage, View } from "../../shared/web/player.js" */

/** @typedef {{ n: number, domain: [[number, number], [number, number]], minima: [number, number][], near: number, goal: number, floor: boolean }} Head */
/** @typedef {{ head: Head, columns: Record<string, Column> }} Chart */

const METHODS = /** @type {[string, string][]} */ ([["rmsprop", "RMSprop"], ["sgd", "SGD"]]);
const TOP = 24; // px, room for a title
const GAP = 14; // px, between the two
const NOWHERE = 255; // as in sweeps.py
const MOVING = ["x", "y", "t", "view", "fair", "across", "up", "measure"]; // what changes nothing on the maps

/** @param {Stage} stage @returns {View} */
export function makeBasins({ frame, theme }) {
  const canvas = el("canvas", { tabindex: "0", role: "application", "aria-label": _("Where each start ends: arrow keys move the start") });
  const plot = el("div", { class: "rms-map" }, canvas);
  const key = el("p", { class: "rms-map-line" });
  const line = el("p", { class: "rms-map-line", "aria-live": "polite" });
  find(frame, ".rms-views").append(el("div", { class: "rms-tune rms-basins" }, plot, key, line));
  let chart = /** @type {Chart | null} */ (null);
  let start = /** @type {[number, number]} */ ([NaN, NaN]);

  const wide = () => (plot.clientWidth - GAP) / 2;
  // As high as the view is beside its width, within reason and the room there is.
  function high() {
    const [[x0, x1], [y0, y1]] = chart?.head.domain ?? [[0, 1], [0, 1]];
    return Math.min(plot.clientHeight - TOP, wide() * Math.max(0.75, Math.min(1.5, (y1 - y0) / (x1 - x0))));
  }
  const several = () => (chart?.head.minima.length ?? 0) > 1;
  const stops = (/** @type {string} */ name) => theme().of(name).split(/\s+/);

  // The colour of a cell; none where it reaches nothing.
  /** @param {string} method @param {number} k @param {number} most steps */
  function colour(method, k, most) {
    const { columns } = /** @type {Chart} */ (chart);
    if (several()) {
      const hues = stops("basins");
      const minimum = columns[`${method}.minimum`][k];
      return minimum === NOWHERE ? theme().grid : hues[minimum % hues.length];
    }
    const steps = columns[`${method}.steps`][k];
    const scale = stops("map");
    return steps < 0 ? theme().grid : scale[Math.min(scale.length - 1, Math.floor((steps / (most + 1)) * scale.length))];
  }

  function draw() {
    if (!plot.clientWidth) return;
    const pen = blank(canvas, plot.clientWidth, plot.clientHeight);
    if (!chart) return;
    const { head, columns } = chart;
    const { k, text, background, font, of, bold } = theme();
    const most = METHODS.reduce((top, [method]) => Math.max(top, ...columns[`${method}.steps`]), 0);
    METHODS.forEach(([method, title], side) => {
      const left = side * (wide() + GAP);
      const [w, h] = [wide() / head.n, high() / head.n];
      pen.font = `600 ${13 * k}px ${font}`;
      pen.fillStyle = of(method);
      pen.fillText(title, left, 15 * k);
      for (let j = 0; j < head.n; j++) {
        for (let i = 0; i < head.n; i++) {
          pen.fillStyle = colour(method, j * head.n + i, most);
          pen.fillRect(left + i * w, TOP + high() - (j + 1) * h, w + 0.6, h + 0.6);
        }
      }
      for (const at of head.minima) drawMinimum(pen, ...inside(side, at), theme());
      if (Number.isFinite(start[0])) drawMark(pen, "circle", ...inside(side, start), 6 * bold, background, text);
    });
    key.textContent = several()
      ? _("One colour a minimum (+); grey: within {steps} steps it comes to none, nearer than {near}.", { near: digits(head.near, "", 2), steps: frame.dataset.steps ?? "" })
      : _("Steps until f − f* ≤ {goal}: yellow few, violet {most}; grey: it does not come there.", { goal: digits(head.goal, "", 2), most: String(most) });
    if (!head.floor) key.textContent = _("This surface has no lowest point: there is nothing to reach.");
  }

  // Where a point of the view stands on the canvas, on the left map (0) or the right (1).
  /** @param {number} side @param {[number, number]} at @returns {[number, number]} */
  function inside(side, [x, y]) {
    const [[x0, x1], [y0, y1]] = /** @type {Chart} */ (chart).head.domain;
    return [side * (wide() + GAP) + ((x - x0) / (x1 - x0)) * wide(), TOP + (1 - (y - y0) / (y1 - y0)) * high()];
  }

  /** @param {PointerEvent} event @returns {[number, number] | null} */
  function spot(event) {
    if (!chart) return null;
    const across = (event.offsetX % (wide() + GAP)) / wide();
    const up = 1 - (event.offsetY - TOP) / high();
    if (across > 1 || up < 0 || up > 1) return null;
    const [[x0, x1], [y0, y1]] = chart.head.domain;
    return [x0 + across * (x1 - x0), y0 + up * (y1 - y0)];
  }

  /** @param {[number, number]} at */
  function tell([x, y]) {
    const { head, columns } = /** @type {Chart} */ (chart);
    const [[x0, x1], [y0, y1]] = head.domain;
    const [i, j] = [(x - x0) / (x1 - x0), (y - y0) / (y1 - y0)].map((part) => Math.max(0, Math.min(head.n - 1, Math.floor(part * head.n))));
    const said = METHODS.map(([method, title]) => {
      const [minimum, steps] = [columns[`${method}.minimum`][j * head.n + i], columns[`${method}.steps`][j * head.n + i]];
      if (!several()) return steps < 0 ? _("{method} not", { method: title }) : _("{method} in {steps} steps", { method: title, steps: String(steps) });
      const place = head.minima[minimum];
      return place ? _("{method} reaches ({x}, {y})", { method: title, x: digits(place[0], "", 3), y: digits(place[1], "", 3) }) : _("{method} reaches none", { method: title });
    });
    line.textContent = `${_("From about ({x}, {y})", { x: digits(x, "", 2), y: digits(y, "", 2) })}: ${said.join(", ")}.`;
  }

  /** @param {[number, number]} at */
  function put(at) {
    start = /** @type {[number, number]} */ (at.map((v) => Number(v.toPrecision(4))));
    draw();
    tell(start);
    page.dials?.turn({ x: start[0], y: start[1] }, false);
  }

  canvas.addEventListener("pointermove", (event) => { const at = spot(event); if (at) tell(at); });
  canvas.addEventListener("click", (event) => { const at = spot(/** @type {PointerEvent} */ (event)); if (at) put(at); });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !chart) return;
    event.preventDefault();
    event.stopPropagation();
    const { head } = chart;
    put(/** @type {[number, number]} */ (head.domain.map(([low, high], i) => Math.max(low, Math.min(high, start[i] + (way[i] * (high - low)) / head.n)))));
  });

  const cells = makeCells((found) => {
    chart = /** @type {Chart} */ (/** @type {unknown} */ (found));
    draw();
    plot.dataset.cells = String(chart.head.n);
  }, (text) => { line.textContent = text; });
  const again = settled(draw, 50);
  const observer = new ResizeObserver(() => again.soon());
  observer.observe(plot);

  return {
    hear({ query, path, look }, cued) {
      if (cued) frame.classList.toggle("rms-by-start", look?.measure === "starts");
      if (!query || !path || !frame.classList.contains("rms-by-start")) return;
      const name = JSON.stringify(Object.entries(query).filter(([each]) => !MOVING.includes(each)));
      cells.ask(name, path, { ...query, measure: "starts" });
    },
    show({ head, columns }) {
      const run = head.runs[0];
      if (run) start = [columns[`${run.key}.x`][0], columns[`${run.key}.y`][0]];
      draw();
    },
    draw() {},
    destroy() { observer.disconnect(); again.forget(); cells.leave(); },
  };
}
