// The picture of a step with its words and numbers: legend, squares, what does not fit into the picture.

import { el, find } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { digits } from "../../shared/web/numbers.js";
import { makeStepPicture, meanOf } from "./stepview.js";

/** @import { Walk } from "pages/step_by_step/head.py" */
/** @import { Bundle } from "../../shared/web/bundle.js" */
/** @import { Stage } from "../../shared/web/player.js" */
/** @import { Hides } from "./lens.js" */
/** @import { Mover } from "./stepview.js" */

/** A quantity of a run at step t, now or before. @typedef {(run: string, q: string, when: string, i: number, t: number) => number} Value */

/** @param {Stage} stage @param {Value} value @param {Hides} hides */
export function makeStepPanel(stage, value, hides) {
  const picture = makeStepPicture(stage);
  const legend = el("div", { class: "rms-step-legend" });
  const squares = [0, 1].map((i) => el("div", { class: "rms-quad" }, el("div", { class: "rms-quad-box" }, picture.squares[i]), el("div", { class: "rms-quad-text" })));
  const note = el("p", { class: "rms-squares-note" });
  find(stage.frame, ".rms-views").prepend(
    el("div", { class: "rms-step" }, el("div", { class: "rms-step-ground" }, picture.canvas), legend), el("div", { class: "rms-squares" }, ...squares, note));
  /** @type {Bundle} */
  let bundle;
  /** @type {Walk} */
  let walk;

  /** @param {Bundle} next */
  function show(next) {
    [bundle, walk] = [next, next.head.walk];
    picture.show(next);
  }

  // How far the ground of step 1 is drawn; behind the curtain that must not tell how far the step goes.
  function reachAtStart() {
    const [from, to] = stage.landscape.surface?.x ?? [0, 1];
    return stage.horizon() < Infinity ? (to - from) / 8 : bundle.columns["zoom.reach"][0];
  }

  /** @param {number} now @param {string} kind of the beat */
  function paint(now, kind) {
    if (!now) { // the start: the ground that step 1 will begin on
      const place = { center: [0, 1].map((i) => bundle.columns[`${walk.method}.${"xy"[i]}`][0]), reach: reachAtStart(), g: [0, 0], methods: [], box: NaN };
      picture.draw(1, walk.steps ? place : null, kind);
      legend.replaceChildren();
      for (const node of squares) node.hidden = true;
      note.textContent = "";
      return;
    }
    const at = (/** @type {string} */ q, when = "now") => [0, 1].map((i) => value(walk.method, q, when, i, now));
    const here = [0, 1].map((i) => (walk.beside ? value("here", "delta", "now", i, now) : NaN));
    /** @type {Mover[]} */
    const methods = bundle.head.runs.filter(({ key }) => key === walk.method || key === walk.beside?.method)
      .map((run) => ({ ...run, delta: run.key === walk.method ? at("delta") : here }));
    const reach = bundle.columns["zoom.reach"][now - 1];
    const center = at("theta", "before");
    const box = bundle.columns["zoom.box"][now - 1]; // NaN: no bound
    const seen = methods.filter(({ key }) => !hides("delta", 0, key) || !hides("delta", 1, key));
    const outside = picture.draw(now, { center, reach, g: hides("g", 0) ? [0, 0] : at("g"), methods: seen, box }, kind);
    const pair = (/** @type {number[]} */ values) => `(${values.map((v) => digits(v)).join(", ")})`;
    const signed = (/** @type {number} */ v) => (v > 0 ? `+${digits(v)}` : digits(v));
    const rows = [el("p", { style: "--method: var(--sym-g)" }, el("b", {}, _("→ −g, its direction only")))];
    for (const method of methods) {
      const tiny = Math.max(...method.delta.map(Math.abs)) < reach / 40;
      const parts = method.delta.map((v, i) => (hides("delta", i, method.key) ? "?" : signed(-v)));
      const text = `−Δ = (${parts.join(", ")})`;
      const remark = outside.includes(method.key) ? _("leaves the picture") : tiny ? _("too small to see here") : "";
      rows.push(el("p", { style: `--method: var(--${method.colour})`, "data-method": method.key }, el("b", {}, el("i", { class: `rms-swatch rms-${method.mark}` }), _("{method} moves by", { method: method.title })), text, ...(remark ? [el("em", {}, remark)] : [])));
    }
    if (box > 0) {
      const inside = box <= 2 * reach;
      rows.push(el("p", { style: "--method: var(--sym-delta)" }, el("b", {}, inside ? `|Δ| ≤ ${digits(box)}` : ""), inside ? _("no step leaves this box") : _("box |Δ| ≤ {bound}: wider than this picture", { bound: digits(box) })));
    }
    if (walk.beats.some((each) => each.kind === "center")) rows.push(el("p", {}, _("Centered: lr sets no limit to a step.")));
    rows.push(el("p", {}, _("The picture is {width} wide, its centre is θₜ₋₁:", { width: digits(2 * reach) }), el("br"), pair(center)));
    legend.replaceChildren(...rows);
    picture.canvas.setAttribute("aria-label", _("Picture of the step: from θ at the centre, the direction of −g and the steps of the methods."));
    paintSquares(kind, at);
  }

  /** @param {string} kind @param {(q: string, when?: string) => number[]} at */
  function paintSquares(kind, at) {
    const mean = meanOf(walk);
    for (const node of squares) node.hidden = mean === null;
    note.textContent = _("SGD keeps no s: it has no squares.");
    if (!mean) return;
    note.textContent = _("Each coordinate has its own scale; outline: the largest {mean} of the run. Dashed: one step before. Bar: |g|; bar over side of rms is |u|.", { mean: walk.symbols[mean].text });
    const [area, before, rms, g] = [at(mean), at(mean, "before"), at("rms"), at("g")];
    squares.forEach((node, i) => {
      const last = Number.isFinite(before[i]) ? before[i] : 0;
      const shown = (/** @type {string} */ q, /** @type {number} */ v) => (hides(q, i) ? 0 : v);
      const share = picture.drawSquare(i, { area: shown(mean, area[i]), before: last, rms: shown("rms", rms[i]), g: shown("g", g[i]) }, kind);
      /** @type {(q: string, label: string, text: string, v: number) => HTMLElement} */
      const line = (q, label, text, v) => el("p", {}, el("i", { class: `sym-${walk.symbols[q].class}` }, label), ` ${text}`, el("var", { "data-exact": hides(q, i) ? undefined : v }, hides(q, i) ? "?" : digits(v)));
      find(node, ".rms-quad-text").replaceChildren(el("h4", {}, bundle.head.variables[i]),
        line(mean, walk.symbols[mean].text, `${_("area")} `, area[i]), line("rms", "rms", `${_("side")} `, rms[i]), line("g", "|g|", "", Math.abs(g[i])),
        ...(share === null || hides(mean, i) ? [] : [el("p", {}, _("{share} × outline", { share: digits(Number(share.toPrecision(2))) }))]));
    });
  }

  return { paint, show, measure: picture.measure, squares: picture.squares };
}
