// The player: one clock, and every view of a run on it. mount(root, bytes, send) builds it in `root` or, when it
// is there already, shows the new bytes. send(name, value) reports what the user did; nothing here knows Streamlit.
//
// On the root: class rmsprop-player, data-run (changes when a new run is painted), data-t, data-steps, data-playing,
// data-cue (changes when what a link says is painted, the surface too).

import { runsOf, unpack } from "./bundle.js";
import { makeChart } from "./chart.js";
import { el, setTheme } from "./dom.js";
import { makeHandle } from "./handle.js";
import { icon } from "./icons.js";
import { keepInSight } from "./insight.js";
import { makeLandscape } from "./landscape.js";
import { makePicture } from "./picture.js";
import { firstStep, makeReadings } from "./readings.js";
import { makeRelief } from "./relief.js";
import { stage } from "./stage.js";

/** @import { Icon } from "./icons.js" */
/** @import { Chart, Head, Line, Words } from "./head.js" */
/** @import { Bundle, Colours, Column, Maker, Player, Run, Send, Views } from "./types.js" */

// What every player has beside map, charts and numbers, and what a page adds to it.
const VIEWS = { relief: makeRelief, picture: makePicture };

export const mount = mounting({});

/**
 * The mount of a page with views of its own.
 * @param {Record<string, Maker>} own
 */
export function mounting(own) {
  /** @type {WeakMap<HTMLElement, Player>} */
  const players = new WeakMap();
  /** @type {(root: HTMLElement, bytes: Uint8Array, send: Send) => () => void} */
  return (root, bytes, send) => {
    const built = players.get(root) ?? makePlayer(root, { ...VIEWS, ...own });
    players.set(root, built);
    stage.player = built;
    built.update(unpack(bytes), send);
    return () => setTimeout(() => { // a newer call may have taken over: leave only when the page has really gone
      if (root.isConnected) return;
      built.destroy();
      players.delete(root);
    }, 0);
  };
}

const SPEEDS = [1, 2, 5, 10, 30, 60, 300];

/**
 * @param {HTMLElement} root
 * @param {Record<string, Maker>} makers
 * @returns {Player}
 */
function makePlayer(root, makers) {
  /** @type {Head | null} */
  let head = null;
  /** @type {Record<string, Column>} */
  let columns = {};
  /** @type {Run[]} */
  let runs = [];
  let words = /** @type {Words} */ ({});
  /** @type {Send} */
  let send = () => {};
  let t = 0;
  let turn = 0; // of the dials: which one the run on show is of
  let steps = 0;
  /** @type {{ at: number, from: number } | null} */
  let playing = null; // {at: time, from: step} while it plays
  /** @type {number | null} */
  let speed = null; // steps a second; null: the whole run in about five seconds
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let resting;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let seating;
  let look = "";
  /** @type {string | undefined} */
  let chosen; // which second chart
  let colours = /** @type {Colours} */ ({});

  const frame = el("div", { class: "rmsprop-player", tabindex: "0", role: "group" });
  root.append(frame);
  const theme = () => colours;

  // ---- parts ------------------------------------------------------------------------------------------------
  const host = el("div", { class: "rms-landscape", role: "group" });
  const legend = el("div", { class: "rms-legend" });
  host.append(legend);
  const landscape = makeLandscape(host, theme, () => { landscape.drawInk(); landscape.draw(t); seat(); });
  const handle = makeHandle(host, landscape, (values, live) => stage.dials?.turn(values, live));
  // The legend stands in the corner with the fewest points of the paths under it, and stays while its corner is free.
  function seatLegend() {
    const at = landscape.projection();
    const [left, top, wide, high] = at.window;
    const [w, h] = [legend.offsetWidth + 16, legend.offsetHeight + 12];
    /** @type {Record<string, number>} */
    const hits = { tl: 0, tr: 0, br: 0, bl: 0 };
    for (const { x, y } of runs) {
      for (let i = 0; i < x.length; i++) {
        const [px, py] = [at.x(x[i]) - left, at.y(y[i]) - top];
        const side = px >= 0 && px < w ? "l" : px > wide - w && px <= wide ? "r" : "";
        const edge = py >= 0 && py < h ? "t" : py > high - h && py <= high ? "b" : "";
        if (side && edge) hits[edge + side]++;
      }
    }
    const now = legend.dataset.corner ?? "tl";
    legend.dataset.corner = Object.keys(hits).reduce((best, corner) => (hits[corner] < hits[best] ? corner : best), now);
  }
  const seat = () => { if (head) handle.show(head.movable && runs.length ? [runs[0].x[0], runs[0].y[0]] : null, words.start); };
  const canvases = [el("canvas", { role: "img" }), el("canvas", { role: "img" })];
  const charts = canvases.map((canvas) => makeChart(canvas, theme));
  const tabs = el("div", { class: "rms-tabs", role: "group" });
  const button = (/** @type {Icon} */ name, /** @type {() => void} */ act) => {
    const node = el("button", { type: "button", class: `rms-${name}` }, icon(name));
    node.addEventListener("click", act);
    return node;
  };
  const buttons = {
    first: button("first", () => move(0)), back: button("back", () => move(t - 1)), play: button("play", toggle),
    forward: button("forward", () => move(t + 1)), last: button("last", () => move(steps)),
    equal: button("equal", () => { setEqual(buttons.equal.getAttribute("aria-pressed") !== "true"); }), full: button("full", fullScreen),
  };
  const scrub = el("input", { type: "range", min: 0, step: 1, class: "rms-scrub" });
  const reading = el("output", { class: "rms-reading" });
  const pace = el("select", { class: "rms-pace" });
  const verdict = el("p", { class: "rms-verdict", "aria-live": "polite" });
  const note = el("p", { class: "rms-remark", "aria-live": "polite" });
  const numbers = el("table", { class: "rms-numbers" });
  const readings = makeReadings(numbers, legend);
  frame.append(
    el("div", { class: "rms-views" }, host, el("div", { class: "rms-charts" }, el("div", { class: "rms-chart" }, canvases[0]), el("div", { class: "rms-chart" }, tabs, canvases[1]))),
    el("div", { class: "rms-transport" }, buttons.first, buttons.back, buttons.play, buttons.forward, buttons.last, scrub, reading, pace, buttons.equal, buttons.full),
    verdict,
    note,
    el("div", { class: "rms-scroll" }, numbers),
  );

  // ---- the clock --------------------------------------------------------------------------------------------
  /** @param {number} next */
  function setClock(next) {
    t = Math.max(0, Math.min(steps, Math.round(next)));
    frame.dataset.t = scrub.value = String(t);
    scrub.setAttribute("aria-valuetext", `${words.step} ${t} ${words.of} ${steps}`);
    reading.textContent = `${words.step} ${t} ${words.of} ${steps}`;
    landscape.draw(t);
    for (const chart of charts) chart.draw(t);
    for (const view of Object.values(views)) view.draw(t);
    readings.write(t);
  }

  /** @param {number} next */
  function move(next) {
    stop();
    setClock(next);
    rest();
  }

  function rest() { // the server hears of the clock when it rests, not sixty times a second
    clearTimeout(resting);
    resting = setTimeout(() => send("t", { t, at: Date.now() }), 300); // `at`: Streamlit hears of nothing that it heard last
  }

  function toggle() {
    if (playing) { stop(); rest(); return; }
    if (t >= steps) setClock(0);
    playing = { at: performance.now(), from: t };
    frame.dataset.playing = "true";
    buttons.play.replaceChildren(icon("pause"));
    buttons.play.setAttribute("aria-label", words.pause);
    requestAnimationFrame(tick);
  }

  function stop() {
    playing = null;
    frame.dataset.playing = "false";
    buttons.play.replaceChildren(icon("play"));
    buttons.play.setAttribute("aria-label", words.play ?? "");
  }

  /** @param {number} time */
  function tick(time) {
    if (!playing) return;
    const next = Math.min(steps, playing.from + Math.floor((Math.max(0, time - playing.at) * pacing()) / 1000));
    if (next !== t) setClock(next);
    if (next >= steps) { stop(); rest(); return; }
    requestAnimationFrame(tick);
  }

  function pacing() {
    return speed ?? SPEEDS.find((s) => s >= steps / 6) ?? Math.ceil(steps / 6);
  }

  /** @param {KeyboardEvent} event */
  function keys(event) {
    if (event.target !== frame && event.target !== scrub && !(event.target instanceof HTMLButtonElement)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    /** @type {Record<string, () => void>} */
    const acts = { " ": toggle, ArrowLeft: () => move(t - 1), ArrowRight: () => move(t + 1), Home: () => move(0), End: () => move(steps) };
    const act = acts[event.key];
    if (!act || (event.key === " " && event.target instanceof HTMLButtonElement)) return;
    event.preventDefault();
    act();
  }

  // ---- what stands in words and numbers ----------------------------------------------------------------------
  function layCharts() {
    if (!head) return;
    const room = Math.max(...head.charts.map(({ lines }) => charts[1].roomFor(lines)));
    const spec = (/** @type {Chart} */ chart) => ({ ...chart, room, clock: words.t, steps, lines: chart.lines.map((line) => ({ ...line, ...series(line) })) });
    const second = head.charts.slice(1);
    if (!second.some((c) => c.key === chosen)) chosen = second[0]?.key;
    charts[0].show(spec(head.charts[0]));
    const shown = second.find((c) => c.key === chosen) ?? head.charts[0];
    charts[1].show(spec({ ...shown, title: "" }));
    canvases[0].setAttribute("aria-label", head.charts[0].title);
    canvases[1].setAttribute("aria-label", shown.title);
    const titles = String([chosen, ...second.map((c) => c.title)]);
    if (tabs.dataset.shown === titles) return;
    tabs.dataset.shown = titles;
    tabs.replaceChildren(...second.map((c) => {
      const tab = el("button", { type: "button", "aria-pressed": String(c.key === chosen), title: c.help }, c.title);
      tab.addEventListener("click", () => { chosen = c.key; layCharts(); setClock(t); });
      return tab;
    }));
  }

  /**
   * @param {Line} line
   * @returns {{ values: Column, from: number, band: [Column, Column] | undefined }}
   */
  function series({ column, norm, over, constant, band }) {
    if (norm) return { values: columns[norm[0]].map((v, i) => Math.hypot(v, columns[norm[1]][i])), from: 1, band: undefined };
    if (over) {
      const [top, under] = over;
      return { values: columns[under].map((v, i) => (typeof top === "string" ? columns[top][i] : top) / v), from: 1, band: undefined };
    }
    if (constant !== undefined || !column) return { values: new Float64Array(steps + 1).fill(constant ?? NaN), from: 0, band: undefined };
    const edges = band && /** @type {[Column, Column]} */ (band.map((name) => columns[name]));
    return { values: columns[column].subarray(0, steps + 1), from: firstStep(columns, column), band: edges };
  }

  // ---- a new bundle -------------------------------------------------------------------------------------------
  /**
   * @param {Bundle} bundle
   * @param {Send} sendTo
   */
  function update(bundle, sendTo) {
    send = sendTo;
    if (bundle.head.turn && bundle.head.turn < turn) return; // computed before what the dials show by now
    turn = bundle.head.turn ?? 0;
    if (bundle.head.known) { // fetched before by a turned dial: here comes the head alone
      if (bundle.head.run !== head?.run) { send("missing", Date.now()); return; }
      bundle = { head: bundle.head, columns };
    }
    const restyled = readTheme();
    for (const view of Object.values(views)) view.answer?.(bundle.head);
    const cued = head?.cue !== bundle.head.cue; // the server moved the clock: a link, a lesson, the first run
    if (head && bundle.head.run === head.run && !cued && !restyled && !bundle.head.surface) return; // an echo
    const atEnd = t >= steps;
    ({ head, columns } = bundle);
    if (head.words) { words = head.words; label(); } // words travel with the surface
    steps = head.steps;
    runs = runsOf(bundle);
    scrub.max = String(steps);
    verdict.textContent = head.verdict;
    note.textContent = head.note ?? "";
    frame.setAttribute("aria-label", words.player);
    host.setAttribute("aria-label", `${words.contour} ${head.verdict}`);
    landscape.setRuns(runs);
    let drawn = null;
    if (head.surface && head.surface.key !== landscape.key) drawn = landscape.setSurface({ ...head.surface, z: columns["surface.z"], f: columns["surface.f"] });
    else if (landscape.key !== head.surface_key) send("missing", Date.now()); // this browser has lost it: ask once more
    else if (restyled) drawn = landscape.restyle();
    readings.lay(head, words, runs, columns);
    layCharts();
    for (const view of Object.values(views)) view.show(bundle);
    if (playing) playing = { at: performance.now(), from: t };
    landscape.drawInk();
    seat();
    clearTimeout(seating);
    seating = setTimeout(seatLegend, 100); // reading sizes costs a layout: after the paint
    setClock(cued ? head.t : atEnd && !playing ? steps : t);
    frame.dataset.steps = String(steps);
    frame.dataset.playing ??= "false";
    frame.dataset.run = head.run;
    const { surface_key, cue } = head;
    Promise.resolve(drawn).then(() => {
      if (drawn) frame.dataset.surface = surface_key;
      frame.dataset.cue = String(cue);
    });
  }

  function label() {
    for (const [name, node] of Object.entries(buttons)) {
      if (name !== "play" || !playing) node.setAttribute("aria-label", words[name]);
      node.title = words[name];
    }
    scrub.setAttribute("aria-label", words.scrub);
    pace.setAttribute("aria-label", words.pace);
    pace.replaceChildren(el("option", { value: "" }, words.auto), ...SPEEDS.map((s) => el("option", { value: s }, `${s} ${words.per_second}`)));
    pace.value = String(speed ?? "");
  }

  function readTheme() {
    const before = look;
    look = setTheme(frame);
    if (look === before) return false;
    const background = look;
    const now = getComputedStyle(frame);
    /** @type {Record<string, string>} */
    const known = {};
    const of = (/** @type {string} */ name) => (known[name] ??= now.getPropertyValue(`--${name}`).trim());
    colours = { background, font: now.fontFamily, text: of("text"), grid: of("grid"), cursor: of("cursor"), level: of("level"), of,
      surface: of("surface").split(/\s+/).map((c, i, all) => [i / (all.length - 1), c]) };
    return before !== "";
  }

  /** @param {boolean} on */
  function setEqual(on) {
    buttons.equal.setAttribute("aria-pressed", String(on));
    landscape.setEqual(on)?.then(seatLegend);
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen(); else frame.requestFullscreen?.();
  }

  function resize() {
    if (!head || !host.clientWidth) return;
    landscape.resize();
    layCharts();
    landscape.drawInk();
    setClock(t);
    clearTimeout(seating);
    seating = setTimeout(seatLegend, 100);
  }

  // ---- hands ---------------------------------------------------------------------------------------------------
  frame.addEventListener("keydown", keys);
  scrub.addEventListener("input", () => move(Number(scrub.value)));
  pace.addEventListener("change", () => {
    speed = pace.value === "" ? null : Number(pace.value);
    if (playing) playing = { at: performance.now(), from: t };
  });
  canvases.forEach((canvas, i) => {
    const point = (/** @type {PointerEvent} */ event) => { if (event.buttons) move(charts[i].stepAt(event.offsetX)); };
    canvas.addEventListener("pointerdown", (event) => { canvas.setPointerCapture(event.pointerId); point(event); });
    canvas.addEventListener("pointermove", point);
  });
  const views = /** @type {Views} */ ({});
  for (const [name, make] of Object.entries(makers)) views[name] = make({ frame, theme, move, landscape, views, send: (name, value) => send(name, value) });
  const leaveSight = keepInSight(frame, host);
  let measured = "";
  const observer = new ResizeObserver(() => { // only what changes the size of a view
    const now = `${host.clientWidth}x${host.clientHeight} ${canvases[1].clientWidth}x${canvases[1].clientHeight}`;
    if (now !== measured) { measured = now; resize(); }
  });
  observer.observe(host);
  observer.observe(canvases[1]);
  landscape.resize();

  return {
    update,
    preview(bytes, asked) { // a turned dial's run; what the server alone decides stays as it is
      const bundle = unpack(bytes);
      if (head) update({ ...bundle, head: { ...bundle.head, cue: head.cue, turn: asked } }, send);
    },
    surface: () => landscape.key ?? "",
    run: () => head?.run ?? "",
    savePicture: (kind) => views.picture.save(kind),
    destroy() { stop(); clearTimeout(resting); clearTimeout(seating); observer.disconnect(); leaveSight(); handle.destroy(); landscape.destroy(); for (const view of Object.values(views)) view.destroy?.(); },
  };
}
