// The two charts on the clock: the loss, and of the others the one whose tab is chosen.

import { makeChart } from "./chart.js";
import { el } from "./dom.js";
import { firstStep } from "./readings.js";

/** @import { Line, Told } from "pages/shared/wire/head.py" */
/** @import { Bundle, Column } from "./bundle.js" */
/** @import { Theme } from "./dom.js" */

/** @param {Theme} theme @param {(t: number) => void} move @param {() => void} rest @param {() => number} horizon the last step that may be seen */
export function makeCharts(theme, move, rest, horizon) {
  const canvases = [el("canvas", { role: "img" }), el("canvas", { role: "img" })];
  const charts = canvases.map((canvas) => makeChart(canvas, theme, horizon));
  const tabs = el("div", { class: "rms-tabs", role: "group" });
  const node = el("div", { class: "rms-charts" }, el("div", { class: "rms-chart" }, canvases[0]), el("div", { class: "rms-chart" }, tabs, canvases[1]));
  /** @type {Bundle} */
  let bundle;
  let chosen = "rate";
  let clock = 0;
  let sketch = new Float64Array(); // the loss that a hand has drawn, a value a step
  let hear = /** @type {(() => void) | null} */ (null);

  /** @param {Line} line @returns {{ values: Column, from: number, band: [Column, Column] | undefined }} */
  function series({ column, norm, over, constant = NaN, band }) {
    const { columns } = bundle;
    if (norm) return { values: columns[norm[0]].map((v, i) => Math.hypot(v, columns[norm[1]][i])), from: 1, band: undefined };
    if (over) {
      const [top, under] = over;
      return { values: columns[under].map((v, i) => (typeof top === "string" ? columns[top][i] : top) / v), from: 1, band: undefined };
    }
    if (!column) return { values: new Float64Array(bundle.head.steps + 1).fill(constant), from: 0, band: undefined };
    const edges = band && /** @type {[Column, Column]} */ (band.map((name) => columns[name]));
    return { values: columns[column], from: firstStep(columns, column), band: edges };
  }

  function lay() {
    const { steps, charts: [loss, ...others] } = bundle.head;
    const second = others.find(({ key }) => key === chosen) ?? others[0];
    const room = Math.max(...bundle.head.charts.map(({ lines }) => charts[1].roomFor(lines)));
    [loss, second].forEach((chart, i) => {
      const lines = chart.lines.map((line) => {
        const drawn = series(line);
        return { ...line, ...drawn, values: drawn.values.subarray(0, steps + 1 - drawn.from) }; // what is pinned may be longer
      });
      charts[i].show({ ...chart, title: i ? "" : chart.title, room, clock: "t =", steps, lines }); // the second's is on its tab
      canvases[i].setAttribute("aria-label", chart.title);
    });
    const titles = String([second.key, ...others.map(({ title }) => title)]);
    if (tabs.dataset.shown === titles) return;
    tabs.dataset.shown = titles;
    tabs.replaceChildren(...others.map(({ key, title, help }) => {
      const tab = el("button", { type: "button", "aria-pressed": String(key === second.key), title: help }, title);
      tab.addEventListener("click", () => { chosen = key; lay(); draw(clock); rest(); });
      return tab;
    }));
  }

  /** @param {Bundle} next */
  function show(next) {
    bundle = next;
    lay();
  }

  /** @param {number} t */
  function draw(t) {
    clock = t;
    for (const chart of charts) chart.draw(t);
  }

  // Let the hand draw the loss that it expects, behind the curtain; null: it draws no more.
  /** @param {(() => void) | null} heard */
  function draws(heard) {
    hear = heard;
    if (hear && bundle && sketch.length !== bundle.head.steps + 1) lineOf(bundle.head.steps + 1);
  }

  /** @param {number} steps that a hand may draw, none yet */
  function lineOf(steps) {
    sketch = new Float64Array(steps).fill(NaN);
    charts[0].sketch(sketch);
    if (bundle) charts[0].draw(clock);
  }

  // How far what was drawn lies from a method's loss, in powers of ten, on average over the steps where both are.
  /** @param {string} method */
  function off(method) {
    const gaps = [...sketch].map((value, t) => Math.abs(Math.log10(value / (bundle.columns[`${method}.loss`] ?? bundle.columns[`${method}.f`])[t]))).filter(Number.isFinite);
    return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  }

  canvases.forEach((canvas, i) => {
    const point = (/** @type {PointerEvent} */ event) => {
      if (!event.buttons) return;
      const t = charts[i].stepAt(event.offsetX);
      if (!hear || i || horizon() === Infinity) { move(t); return; }
      charts[0].drawTo(t, event.offsetY);
      charts[0].draw(clock);
      hear();
    };
    canvas.addEventListener("pointerup", () => charts[i].lift());
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); point(event); });
    canvas.addEventListener("pointermove", point);
  });

  /** @param {Partial<Told>} told @param {boolean} cued */
  function told({ look }, cued) {
    if (cued && look) chosen = look.chart;
  }

  return { node, lay, show, draw, draws, forgetLine: () => lineOf(0), off, hear: told, look: () => ({ chart: chosen }) };
}
