// The picture of a step with its words and numbers: legend, squares, what does not fit into the picture.

import { el } from "../../shared/web/dom.js";
import { figures } from "../../shared/web/numbers.js";
import { makeStepPicture, meanOf } from "./stepview.js";

export function makeStepPanel(frame, colours) {
  const picture = makeStepPicture(colours);
  const legend = el("div", { class: "rms-step-legend" });
  const squares = [0, 1].map((i) => el("div", { class: "rms-quad" }, el("div", { class: "rms-quad-box" }, picture.squares[i]), el("div", { class: "rms-quad-text" })));
  const note = el("p", { class: "rms-squares-note" });
  frame.querySelector(".rms-views").prepend(
    el("div", { class: "rms-step" }, el("div", { class: "rms-step-ground" }, picture.canvas), legend), el("div", { class: "rms-squares" }, ...squares, note));
  // now: the step on show; value(run, q, when, i, t) as in walk.js; hides(q): whether the quiz asks for q.
  function paint({ now, kind, walk, bundle, words, variables, value, hides }) {
    if (!now) { // the start: the ground that step 1 will begin on
      const place = { center: [0, 1].map((i) => bundle.columns[`${walk.method}.${"xy"[i]}`][0]), reach: bundle.columns["zoom.reach"][0], g: [0, 0], methods: [], box: null };
      picture.draw(1, walk.steps ? place : null, kind);
      legend.replaceChildren();
      for (const node of squares) node.hidden = true;
      note.textContent = "";
      return;
    }
    const at = (q, when = "now") => [0, 1].map((i) => value(walk.method, q, when, i, now));
    const methods = [{ ...bundle.head.runs.find((run) => run.key === walk.method), delta: at("delta") }];
    if (walk.sgd) methods.push({ ...bundle.head.runs.find((run) => run.key === "sgd"), delta: [0, 1].map((i) => value("here", "delta", "now", i, now)) });
    const reach = bundle.columns["zoom.reach"][now - 1];
    const center = at("theta", "before");
    const box = bundle.columns["zoom.box"][now - 1]; // NaN: no bound
    const outside = picture.draw(now, { center, reach, g: at("g"), methods, box }, kind);
    const pair = (values) => `(${values.map((v) => figures(v)).join(", ")})`;
    const signed = (v) => (v > 0 ? `+${figures(v)}` : figures(v));
    const rows = [el("p", { style: "--method: var(--sym-g)" }, el("b", {}, words.downhill))];
    for (const method of methods) {
      const tiny = Math.max(...method.delta.map(Math.abs)) < reach / 40;
      const parts = method.delta.map((v, i) => (method.key === walk.method && hides("delta", i) ? "?" : signed(-v)));
      const text = `−Δ = (${parts.join(", ")})`;
      const remark = outside.includes(method.key) ? words.outside : tiny ? words.tiny : "";
      rows.push(el("p", { style: `--method: var(--${method.key})`, "data-method": method.key }, el("b", {}, el("i", { class: `rms-swatch rms-${method.mark}` }), words.moves.replace("{method}", method.title)), text, ...(remark ? [el("em", {}, remark)] : [])));
    }
    if (box > 0) {
      const inside = box <= 2 * reach;
      rows.push(el("p", { style: "--method: var(--sym-delta)" }, el("b", {}, inside ? `|Δ| ≤ ${figures(box)}` : ""), inside ? words.box : words.box_out.replace("{bound}", figures(box))));
    }
    if (walk.beats.some((each) => each.kind === "center")) rows.push(el("p", {}, words.no_box));
    rows.push(el("p", {}, words.across.replace("{width}", figures(2 * reach)), el("br"), pair(center)));
    legend.replaceChildren(...rows);
    picture.canvas.setAttribute("aria-label", words.picture);
    paintSquares({ kind, at, walk, words, variables, hides });
  }

  function paintSquares({ kind, at, walk, words, variables, hides }) {
    const plain = walk.method === "sgd";
    const mean = meanOf(walk);
    note.textContent = plain ? words.sgd_squares : words.squares.replace("{mean}", walk.symbols[mean].text);
    const [area, before, rms, g] = plain ? [] : [at(mean), at(mean, "before"), at("rms"), at("g")];
    squares.forEach((node, i) => {
      node.hidden = plain;
      if (plain) return;
      const last = Number.isFinite(before[i]) ? before[i] : 0;
      const share = picture.drawSquare(i, { area: area[i], before: last, rms: rms[i], g: g[i] }, kind);
      const line = (q, label, text, v) => el("p", {}, el("i", { class: `sym-${walk.symbols[q].class}` }, label), ` ${text}`, el("var", hides(q, i) ? {} : { "data-exact": String(v) }, hides(q, i) ? "?" : figures(v)));
      node.querySelector(".rms-quad-text").replaceChildren(el("h4", {}, variables[i]),
        line(mean, walk.symbols[mean].text, `${words.area} `, area[i]), line("rms", "rms", `${words.side} `, rms[i]), line("g", "|g|", "", Math.abs(g[i])),
        ...(share === null || hides(mean, i) ? [] : [el("p", {}, words.small.replace("{share}", figures(Number(share.toPrecision(2)))))]));
    });
  }

  const size = () => [picture.canvas, ...picture.squares].map((each) => `${each.clientWidth}x${each.clientHeight}`).join(" ");
  return { paint, size, show: picture.show, resize: picture.resize };
}
