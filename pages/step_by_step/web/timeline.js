// Marks under the clock's track, each a link to its step, with one sentence. Sign flips at three or more steps in a row
// are one bar.

import { el, find, write } from "../../shared/web/dom.js";
import { drawn } from "../../shared/web/icons.js";
import { _ } from "../../shared/web/language.js";
import { digits } from "../../shared/web/numbers.js";

/** @import { Mark, Walk } from "pages/step_by_step/head.py" */
/** @import { Stage } from "../../shared/web/player.js" */
/** @import { Hides } from "./lens.js" */
/** @import { Value } from "./steptext.js" */

/** A mark that reaches to a step; that of a sign flip is made here. @typedef {Mark & { to: number }} Reach */

/** @type {Record<string, string>} */
const MARK_SHAPES = { kick: "M6 1l5 10H1z", peak: "M6 0l6 6-6 6-6-6z", cycle: "M6 1a5 5 0 1 0 .01 0z M6 3.4a2.6 2.6 0 1 1-.01 0z", forgotten: "M1 1h10L6 11z", flip: "M5 0h2v12H5z" };

const THUMB = 16;
const LATER = ["peak", "cycle"]; // what only later steps tell

/** @param {Stage} stage @param {Value} value @param {Hides} hides */
export function makeTimeline({ frame, move, horizon }, value, hides) {
  const strip = el("div", { class: "rms-timeline", role: "group" });
  const key = el("div", { class: "rms-timeline-key", "aria-hidden": "true" });
  const note = el("p", { class: "rms-note", role: "status" });
  const node = el("div", { class: "rms-events" }, key, strip, note);
  const scrub = find(frame, ".rms-scrub");
  let marks = /** @type {Reach[]} */ ([]);
  let nodes = /** @type {HTMLElement[]} */ ([]);
  let steps = 1;
  let t = 0;
  let axes = /** @type {string[]} */ ([]);
  let [width, size] = [300, 17];
  let laid = "";
  let until = NaN; // the last step of the marks on show
  let build = () => {}; // the marks, as far as they may be seen

  const shape = (/** @type {string} */ kind) => drawn(MARK_SHAPES[kind], 12);

  // The sentence of a sign flip is put together here, of its numbers.
  /** @param {Walk} walk @param {number} allSteps @param {string[]} variables */
  function show(walk, allSteps, variables) {
    build = () => show(walk, allSteps, variables);
    until = horizon();
    const known = walk.marks.filter(({ t, kind }) => until === Infinity || (t <= until && !LATER.includes(kind)));
    const g = (/** @type {string} */ when, /** @type {number} */ i, /** @type {number} */ at) => digits(value(walk.method, "g", when, i, at));
    const flip = (/** @type {number} */ i, /** @type {number} */ at) =>
      _("g in {axis} changes its sign, from {before} to {g}: the step before crossed the valley.", { axis: variables[i], before: g("before", i, at), g: g("now", i, at) });
    const bar = (/** @type {number} */ i, /** @type {number} */ from, /** @type {number} */ to) =>
      _("g in {axis} changes its sign at every step from {first} to {last}: each step crosses the valley.", { axis: variables[i], first: from, last: to });
    const flips = walk.flips.flatMap((runs, i) => runs.flatMap(/** @returns {Reach[]} */ ([from, end]) => {
      const mark = { kind: "flip", i, title: _("sign flip") };
      const to = Math.min(end, until);
      if (to - from >= 2) return [{ ...mark, t: from, to, text: bar(i, from, to) }];
      return Array.from({ length: Math.max(0, to - from + 1) }, (_, k) => ({ ...mark, t: from + k, to: from + k, get text() { return flip(i, from + k); } }));
    }));
    marks = [...flips, ...known.map((mark) => ({ ...mark, to: mark.t }))];
    steps = Math.max(allSteps, 1);
    axes = variables;
    const title = _("Events of this run; each is a link to its step");
    strip.setAttribute("aria-label", title);
    const now = JSON.stringify([marks.map((mark) => [mark.t, mark.to, mark.i, mark.kind === "flip" ? "" : mark.text]), steps, variables, title]);
    if (now === laid) return;
    laid = now;
    nodes = marks.map((mark, k) => {
      const flip = mark.kind === "flip"; // many of them: light, and the pointer's; → and ← reach every step
      const label = `${_("step")} ${mark.to > mark.t ? `${mark.t}–${mark.to}` : mark.t}, ${variables[mark.i]}: ${mark.title}`;
      const link = el("button", { type: "button", class: `rms-mark rms-mark-${mark.kind}`, "data-t": mark.t, "data-i": mark.i, "data-k": k, "aria-label": label });
      if (mark.to > mark.t) link.classList.add("rms-mark-bar");
      if (flip) link.tabIndex = -1; else link.append(shape(mark.kind));
      return link;
    });
    strip.replaceChildren(...nodes, ...(marks.length ? variables.map((name, i) => el("i", { "data-i": i, "aria-hidden": "true" }, name)) : []));
    const kinds = new Map([...known, ...flips].map((mark) => [mark.kind, mark.title]));
    key.replaceChildren(...[...kinds].map(([kind, title]) => el("span", { class: `rms-mark-${kind}` }, shape(kind), title)));
    place();
  }

  // The strip lies under the track, and a mark under the thumb at its step.
  function lay() {
    strip.style.marginLeft = `${scrub.offsetLeft - node.offsetLeft}px`;
    strip.style.width = `${scrub.offsetWidth}px`;
    width = scrub.offsetWidth;
    size = width < 400 ? 24 : 17; // as in walk.css: a finger's, a pointer's
    place();
  }
  new ResizeObserver(lay).observe(scrub);

  // Where marks of one row would cover each other, the later one moves to the right, and near the end the earlier to the left.
  function place() {
    const at = (/** @type {number} */ t) => THUMB / 2 + (t / steps) * (width - THUMB);
    for (const row of [0, 1]) {
      const own = nodes.filter((_, k) => marks[k].i === row && marks[k].kind !== "flip");
      const places = own.map((link) => at(Number(link.dataset.t)));
      for (let k = 1; k < places.length; k++) places[k] = Math.max(places[k], places[k - 1] + size);
      for (let k = places.length - 1, end = width - 2; k >= 0; k--) { places[k] = Math.min(places[k], end); end = places[k] - size; }
      own.forEach((link, k) => { link.style.left = `${places[k]}px`; });
    }
    nodes.forEach((link, k) => {
      if (marks[k].kind !== "flip") return;
      link.style.left = `${at(marks[k].t)}px`;
      if (marks[k].to > marks[k].t) link.style.width = `${at(marks[k].to) - at(marks[k].t)}px`;
    });
  }

  // What a mark says, but not where it would give away what the quiz asks for.
  const TELLS = /** @type {Record<string, string>} */ ({ kick: "u", peak: "s" });
  const said = (/** @type {Reach} */ mark) => (mark.t === t && hides(TELLS[mark.kind], mark.i) ? `${mark.title}: ${axes[mark.i]}.` : mark.text);

  /** @type {(event: Event) => Reach | undefined} */
  const marked = ({ target }) => {
    const link = /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest(".rms-mark"));
    return marks[Number(link?.dataset.k ?? NaN)];
  };
  const tell = (/** @type {Event} */ event) => { const mark = marked(event); if (mark) write(note, mark.to > mark.t ? said(mark) : `${_("step")} ${mark.t}: ${said(mark)}`); };
  strip.addEventListener("click", (event) => { // of a bar, the step that was pointed at; beside all marks, the nearest
    const near = (/** @type {HTMLElement} */ link) => Math.abs(link.getBoundingClientRect().x + link.offsetWidth / 2 - event.clientX);
    const mark = marked(event) ?? marks[Number(nodes.filter((link) => near(link) < 14).sort((a, b) => near(a) - near(b))[0]?.dataset.k ?? NaN)];
    if (!mark) return;
    const part = mark.to > mark.t ? Math.max(0, Math.min(1, event.offsetX / /** @type {HTMLElement} */ (event.target).offsetWidth)) : 0;
    move(mark.t + Math.round(part * (mark.to - mark.t)));
  });
  for (const event of ["pointerover", "focusin"]) strip.addEventListener(event, tell);
  for (const event of ["pointerout", "focusout"]) strip.addEventListener(event, () => draw(t));

  /** @param {number} now */
  function draw(now) {
    t = now;
    if (horizon() !== until) build();
    const here = (/** @type {Reach} */ mark) => mark.t <= t && t <= mark.to;
    const texts = marks.filter(here).map(said);
    write(note, texts.join(" ") || _("≈: the numbers on show are rounded; point at one for all of its digits."));
    nodes.forEach((link, k) => link.classList.toggle("rms-here", here(marks[k])));
  }

  return { node, show, draw };
}
