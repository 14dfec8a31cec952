// The map of settings: a cell for each combination of two of RMSprop's numbers, in the colour of where its run ends; under it
// the same over lr for both methods, as curves. Press and drag across it, or use the arrow keys: the path beside it follows.

import { blank, el, find, settled } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { drawMark, ruled } from "../../shared/web/marks.js";
import { digits, superscript } from "../../shared/web/numbers.js";
import { stage as page } from "../../shared/web/stage.js";
import { makeCells } from "./cells.js";

/** @import { Column } from "../../shared/web/bundle.js" */
/** @import { Stage, View } from "../../shared/web/player.js" */

/** @typedef {{ across: string, up: string, n: number, fates: string[], logs: boolean, edge: number | null, hessian: number | null, starts: number }} Head */
/** @typedef {{ head: Head, columns: Record<string, Column> }} Chart */

const SYMBOLS = /** @type {Record<string, string>} */ ({ lr: "η", rho: "ρ", eps: "ε", momentum: "μ" });
const MARGIN = { left: 58, right: 108, top: 26, bottom: 40 };
const DEEP = 12; // powers of ten that the scale of the loss has at most
const LEAST = -30; // power of ten of the lowest loss in the curves: below it is rounding
const GOOD = 10; // times the best loss: so much is forgiven
const MOVING = ["sgd_lr", "t", "view", "fair"]; // what changes nothing on the map
const BAD = 3; // fates from this one on: left the view, not finite

/** @param {Stage} stage @returns {View} */
export function makeMap({ frame, theme }) {
  const [still, now, curve] = [el("canvas"), el("canvas", { tabindex: "0", role: "application" }), el("canvas", { role: "img" })];
  const line = el("p", { class: "rms-map-line", "aria-live": "polite" });
  const forgiving = el("p", { class: "rms-map-line" });
  const plot = el("div", { class: "rms-map" }, still, now);
  const node = el("div", { class: "rms-tune" }, plot, el("div", { class: "rms-map-curve" }, curve), line, forgiving);
  find(frame, ".rms-views").append(node);
  frame.classList.add("rms-tuning");
  let chart = /** @type {Chart | null} */ (null);
  let place = /** @type {Record<string, number>} */ ({});
  let measure = "loss";
  let box = { w: 0, h: 0 };
  let scale = /** @type {[number, number]} */ ([0, 1]);

  // ---- where a value stands on an axis, from 0 to 1, and back ---------------------------------------------------
  const tail = (/** @type {string} */ name) => name === "rho" || name === "momentum";
  const bent = (/** @type {string} */ name, /** @type {number} */ v) => (tail(name) ? -Math.log10(1 - v) : Math.log10(v));
  const straight = (/** @type {string} */ name, /** @type {number} */ p) => (tail(name) ? 1 - 10 ** -p : 10 ** p);
  /** @param {"across" | "up"} axis */
  function ends(axis) {
    const { head, columns } = /** @type {Chart} */ (chart);
    return /** @type {[number, number]} */ ([columns[axis][0], columns[axis].at(-1)].map((v) => bent(head[axis], Number(v))));
  }
  /** @param {"across" | "up"} axis @param {number} v */
  function part(axis, v) {
    const [a, b] = ends(axis);
    return (bent(/** @type {Chart} */ (chart).head[axis], v) - a) / (b - a);
  }
  /** @param {"across" | "up"} axis @param {number} p */
  function valueAt(axis, p) {
    const [a, b] = ends(axis);
    const { head } = /** @type {Chart} */ (chart);
    const v = straight(head[axis], a + Math.max(0, Math.min(1, p)) * (b - a));
    return tail(head[axis]) ? 1 - Number((1 - v).toPrecision(2)) : Number(v.toPrecision(3));
  }

  // ---- painting ---------------------------------------------------------------------------------------------------
  const margin = () => { const { k } = theme(); return { left: MARGIN.left * k, right: MARGIN.right * k, top: MARGIN.top * k, bottom: MARGIN.bottom * k }; };
  const px = (/** @type {number} */ p) => margin().left + p * box.w;
  const py = (/** @type {number} */ p) => margin().top + (1 - p) * box.h;

  /** @param {number} part_ from 0, the best, to 1 */
  function colour(part_) {
    const stops = theme().of("map").split(/\s+/).map((hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16)));
    const at = Math.max(0, Math.min(1, part_)) * (stops.length - 1);
    const [low, high] = [stops[Math.floor(at)], stops[Math.ceil(at)]];
    return `rgb(${low.map((c, i) => Math.round(c + (high[i] - c) * (at % 1))).join(" ")})`;
  }

  // What the colour says of a cell, as a number that is small where it is good; NaN where there is nothing to say.
  /** @param {number} k */
  function said(k) {
    const { columns, head } = /** @type {Chart} */ (chart);
    if (columns.fate[k] >= BAD) return NaN;
    if (measure === "fate") return columns.fate[k];
    if (measure === "steps") return columns.steps[k] < 0 ? NaN : columns.steps[k];
    return shaped(columns.loss[k], head.logs);
  }

  const shaped = (/** @type {number} */ loss, /** @type {boolean} */ logs) => (logs ? Math.log10(Math.max(loss, 1e-300)) : loss);

  function drawStill() {
    if (!chart) return;
    const { k, text, grid, font, of } = theme();
    const { left, right, top, bottom } = margin();
    box = { w: plot.clientWidth - left - right, h: plot.clientHeight - top - bottom };
    const pen = blank(still, plot.clientWidth, plot.clientHeight);
    const { head, columns } = chart;
    const cells = columns.loss.length;
    const values = Array.from({ length: cells }, (_each, i) => said(i)).filter(Number.isFinite);
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (measure === "loss" && head.logs) [low, high] = [Math.max(low, high - DEEP), Math.min(high, Math.log10(head.starts) + 1)];
    if (measure === "fate") [low, high] = [0, BAD];
    scale = [low, high];
    const n = head.n;
    const [w, h] = [box.w / n, box.h / n];
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        const v = said(j * n + i);
        pen.fillStyle = Number.isFinite(v) ? colour((v - low) / (high - low || 1)) : grid;
        pen.fillRect(px(i / n), py((j + 1) / n), w + 0.6, h + 0.6);
      }
    }
    pen.font = `600 ${13 * k}px ${font}`;
    pen.fillStyle = text;
    pen.textAlign = "left";
    pen.fillText(titleOf(), left, 15 * k);
    pen.font = `${12 * k}px ${font}`;
    pen.textAlign = "center";
    for (const [v, label] of ticks("across")) pen.fillText(label, px(part("across", v)), py(0) + 16 * k);
    pen.fillText(SYMBOLS[head.across], px(0.5), py(0) + 33 * k);
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const [v, label] of ticks("up")) pen.fillText(label, left - 6 * k, py(part("up", v)));
    pen.fillText(SYMBOLS[head.up], left - 40 * k, py(0.5));
    pen.textAlign = "left";
    drawKey(pen, left + box.w + 12 * k);
    pen.fillStyle = of("text");
    pen.textBaseline = "alphabetic";
    drawCurve();
  }

  function titleOf() {
    const steps = frame.dataset.steps ?? "";
    if (measure === "fate") return _("how the run ends, in {steps} steps", { steps });
    if (measure === "steps") return _("steps to 1 % of the first loss");
    return chart?.head.logs ? _("f − f* after {steps} steps (f*: the lowest f)", { steps }) : _("f after {steps} steps", { steps });
  }

  const FATE = () => [_("on its way"), _("at rest"), _("swings")];

  // What a colour means.
  /** @param {CanvasRenderingContext2D} pen @param {number} x */
  function drawKey(pen, x) {
    const { k, text, grid } = theme();
    const rows = measure === "fate" ? 3 : 5;
    for (let r = 0; r < rows; r++) {
      const share = measure === "fate" ? r / 3 : r / (rows - 1);
      const y = margin().top + r * 24 * k + 8 * k;
      pen.fillStyle = colour(share);
      pen.fillRect(x, y - 7 * k, 14 * k, 14 * k);
      pen.fillStyle = text;
      const v = scale[0] + share * (scale[1] - scale[0]);
      pen.fillText(measure === "fate" ? FATE()[r] : measure === "loss" && chart?.head.logs ? `10${superscript(Math.round(v))}` : digits(v, "", 2), x + 19 * k, y);
    }
    const y = margin().top + rows * 24 * k + 8 * k;
    pen.fillStyle = grid;
    pen.fillRect(x, y - 7 * k, 14 * k, 14 * k);
    pen.fillStyle = text;
    pen.fillText(measure === "steps" ? _("never") : _("left the view"), x + 19 * k, y);
  }

  /** @param {"across" | "up"} axis @returns {[number, string][]} */
  function ticks(axis) {
    const name = /** @type {Chart} */ (chart).head[axis];
    const [a, b] = ends(axis);
    const found = /** @type {[number, string][]} */ ([]);
    const every = Math.max(1, Math.round((b - a) / 5));
    for (let e = Math.ceil(a - 1e-9); e <= b + 1e-9; e++) if ((e - Math.ceil(a - 1e-9)) % every === 0) found.push([straight(name, e), tail(name) ? digits(straight(name, e), "rho") : digits(10 ** e, "", 1)]);
    return found;
  }

  // The loss over lr, of both methods, RMSprop's in the row of the present setting.
  function drawCurve() {
    if (!chart) return;
    const { k, text, grid, font, of, bold } = theme();
    const { left, right } = margin();
    const [wide, high] = [curve.clientWidth, curve.clientHeight];
    const pen = blank(curve, wide, high);
    const { head, columns } = chart;
    const own = head.across === "lr" ? rowOf() : null;
    const lines = [{ key: "sgd", x: columns["sgd.lr"], y: columns["sgd.loss"], fate: columns["sgd.fate"] }, ...(own ? [{ key: "rmsprop", ...own }] : [])];
    const values = lines.flatMap(({ y, fate }) => [...y].map((v, i) => (fate[i] < BAD ? shaped(v, head.logs) : NaN))).filter(Number.isFinite);
    if (!values.length) return;
    let [low, top] = [Math.min(...values), Math.max(...values)];
    if (head.logs) [low, top] = [Math.max(low, LEAST), Math.min(top, Math.log10(head.starts) + 1)];
    const [a, b] = head.across === "lr" ? ends("across") : [-4, 1];
    const [t, h] = [20 * k, high - 24 * k];
    const x = (/** @type {number} */ v) => left + ((Math.log10(v) - a) / (b - a)) * (wide - left - right);
    const y = (/** @type {number} */ v) => t + (1 - (v - low) / (top - low || 1)) * (h - t);
    pen.font = `${12 * k}px ${font}`;
    pen.fillStyle = text;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const v of [low, top]) {
      pen.fillText(head.logs ? `10${superscript(Math.round(v))}` : digits(v, "", 2), left - 6 * k, y(v));
      ruled(pen, grid, 1);
      pen.beginPath(); pen.moveTo(left, y(v)); pen.lineTo(wide - right, y(v)); pen.stroke();
    }
    if (head.edge && Math.log10(head.edge) < b) {
      ruled(pen, of("sgd"), 1.5 * bold, [2, 3]);
      pen.beginPath(); pen.moveTo(x(head.edge), t); pen.lineTo(x(head.edge), h); pen.stroke();
      pen.fillStyle = of("sgd");
      pen.textAlign = "left";
      pen.fillText(_("2/λ: SGD's limit, λ the steepest curvature"), x(head.edge) + 4 * k, t - 9 * k);
    }
    for (const { key, x: xs, y: ys, fate } of lines) {
      ruled(pen, of(key), 2 * bold, key === "sgd" ? [7, 4] : []);
      pen.beginPath();
      ys.forEach((v, i) => { if (fate[i] < BAD && Number.isFinite(v)) pen.lineTo(x(xs[i]), Math.min(h, Math.max(t, y(shaped(v, head.logs))))); });
      pen.stroke();
      pen.setLineDash([]);
    }
    pen.textAlign = "left";
    lines.forEach(({ key }, i) => {
      pen.fillStyle = of(key);
      pen.fillText(key === "sgd" ? "SGD" : "RMSprop", wide - right + 10 * k, t + 8 * k + 18 * k * i);
    });
    pen.fillStyle = text;
    pen.textAlign = "center";
    pen.fillText(_("the loss over lr, at this setting"), left + (wide - left - right) / 2, high - 8 * k);
    forgiving.textContent = own ? forgives(own) : "";
  }

  // RMSprop over lr in the row of the map that is nearest to the present setting.
  function rowOf() {
    const { head, columns } = /** @type {Chart} */ (chart);
    const n = head.n;
    const j = Math.max(0, Math.min(n - 1, Math.round(part("up", place[head.up]) * (n - 1))));
    const cut = (/** @type {string} */ name) => columns[name].subarray(j * n, (j + 1) * n);
    return { x: columns.across, y: cut("loss"), fate: cut("fate") };
  }

  /** @typedef {{ x: Column, y: Column, fate: Column }} Ends over lr */
  // The lrs around the best one with which a method ends at or below a loss, in words.
  /** @param {Ends} ends @param {number} loss */
  function stretch({ x, y, fate }, loss) {
    const good = (/** @type {number} */ i) => fate[i] < BAD && y[i] <= loss;
    let from = y.findIndex((v, i) => good(i) && v === best({ x, y, fate }));
    if (from < 0) return _("nowhere");
    let to = from;
    while (from > 0 && good(from - 1)) from--;
    while (to < y.length - 1 && good(to + 1)) to++;
    return _("lr {from} to {to}, {decades} decades", { from: digits(x[from], "", 2), to: digits(x[to], "", 2), decades: digits(Math.log10(x[to] / x[from]), "", 2) });
  }
  const best = (/** @type {Ends} */ { y, fate }) => Math.min(...[...y].filter((v, i) => fate[i] < BAD && Number.isFinite(v)));

  // How much a wrong lr is forgiven: beside its own best, and beside SGD's.
  /** @param {Ends} own */
  function forgives(own) {
    const { head, columns } = /** @type {Chart} */ (chart);
    if (!head.logs) return "";
    const sgd = { x: columns["sgd.lr"], y: columns["sgd.loss"], fate: columns["sgd.fate"] };
    const [a, b] = [best(own), best(sgd)];
    return _("Within {k} times its best loss: RMSprop ({a}) at {p}; SGD ({b}) at {q}. RMSprop is at or below SGD's best at {r}.", {
      k: GOOD, a: digits(a, "", 2), b: digits(b, "", 2), p: stretch(own, GOOD * a), q: stretch(sgd, GOOD * b), r: stretch(own, b),
    });
  }

  function drawNow() {
    if (!chart) return;
    const pen = blank(now, plot.clientWidth, plot.clientHeight);
    const { text, background, bold } = theme();
    const { head } = chart;
    const [x, y] = [px(part("across", place[head.across])), py(part("up", place[head.up]))];
    if (Number.isFinite(x) && Number.isFinite(y)) drawMark(pen, "circle", x, y, 7 * bold, background, text);
  }

  // ---- the hand -----------------------------------------------------------------------------------------------------
  /** @param {number} p @param {number} q across and up, from 0 to 1 */
  function tell(p, q) {
    if (!chart) return;
    const { head, columns } = chart;
    const [i, j] = [p, q].map((each) => Math.max(0, Math.min(head.n - 1, Math.floor(each * head.n))));
    const k = j * head.n + i;
    const fate = [...FATE(), _("leaves the view"), _("is lost to infinity")][columns.fate[k]];
    const [a, u] = [valueAt("across", (i + 0.5) / head.n), valueAt("up", (j + 0.5) / head.n)];
    const floor = head.hessian && columns.fate[k] === 2 && head.across === "lr" ? ` ${_("Theory: lr²/8 · Σ|Hᵢⱼ| = {f}.", { f: digits((a * a * head.hessian) / 8, "", 3) })}` : "";
    line.textContent = `${SYMBOLS[head.across]} = ${digits(a, head.across, 3)}, ${SYMBOLS[head.up]} = ${digits(u, head.up, 3)}: ${titleOf()} ${measure === "steps" ? digits(columns.steps[k], "", 4) : digits(columns.loss[k], "", 3)}; ${fate}.${floor}`;
  }

  /** @param {PointerEvent} event @returns {[number, number]} */
  function spot(event) {
    const { left, top } = margin();
    return [(event.offsetX - left) / box.w, 1 - (event.offsetY - top) / box.h];
  }

  /** @param {[number, number]} at @param {boolean} live */
  function put([p, q], live) {
    if (!chart) return;
    const { head } = chart;
    const values = { [head.across]: valueAt("across", p), [head.up]: valueAt("up", q) };
    place = { ...place, ...values };
    drawNow();
    drawCurve();
    tell(p, q);
    page.dials?.turn(values, live);
  }

  now.addEventListener("pointerdown", (event) => { now.setPointerCapture(event.pointerId); put(spot(event), true); });
  now.addEventListener("pointermove", (event) => { if (event.buttons) put(spot(event), true); else tell(...spot(event)); });
  now.addEventListener("pointerup", (event) => put(spot(event), false));
  now.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !chart) return;
    event.preventDefault();
    event.stopPropagation();
    const { head } = chart;
    put([part("across", place[head.across]) + way[0] / head.n, part("up", place[head.up]) + way[1] / head.n], false);
  });

  const cells = makeCells((found) => {
    chart = /** @type {Chart} */ (/** @type {unknown} */ (found));
    drawStill();
    drawNow();
    plot.dataset.cells = String(chart.head.n);
  }, (text) => { line.textContent = text; });
  const again = settled(() => { drawStill(); drawNow(); }, 50);
  const observer = new ResizeObserver(() => again.soon());
  observer.observe(plot);

  return {
    hear(told, cued) {
      const { query, path, look } = told;
      if (cued && look?.measure) measure = String(look.measure);
      if (!query || !path || measure === "starts") return;
      const moving = [query.across, query.up, ...MOVING];
      const key = JSON.stringify(Object.entries(query).filter(([name]) => !moving.includes(name)));
      cells.ask(key, path, query);
    },
    show({ head }) {
      place = head.place ?? place;
      drawStill();
      drawNow();
    },
    draw() {},
    look: () => ({ measure }),
    destroy() { observer.disconnect(); again.forget(); cells.leave(); },
  };
}
