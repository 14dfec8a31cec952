// The player: one clock, and every view of a run on it. mount(root, told, send) builds it in `root`, or tells the one that
// is there already. It fetches its bundles itself; where there is no server, it is given the bytes of one instead.
// send(name, value) reports what the user did, "view" what he looks at; nothing here knows Streamlit.
//
// On the root: class rmsprop-player, data-run (changes when a new run is painted), data-t, data-steps, data-playing,
// data-cue (changes when what a link says is painted, the surface too).

import { runsOf, surfaceOf, unpack } from "./bundle.js";
import { makeCharts } from "./charts.js";
import { coloursOf, dressed, el, setTheme, settled, write } from "./dom.js";
import { makeGuess } from "./guess.js";
import { makeHandle } from "./handle.js";
import { icon } from "./icons.js";
import { keepInSight } from "./insight.js";
import { listen } from "./keys.js";
import { makeLandscape } from "./landscape.js";
import { _, speak } from "./language.js";
import { makeModes } from "./modes.js";
import { makePicture } from "./picture.js";
import { makeReadings } from "./readings.js";
import { makeRelief } from "./relief.js";
import { makeRequests } from "./requests.js";
import { makeSaid } from "./said.js";
import { server } from "./server.js";
import { stage } from "./stage.js";
import { makeUpdate } from "./update.js";

/** @import { Told } from "pages/shared/wire/head.py" */
/** @import { Bundle } from "./bundle.js" */
/** @import { Colours, Theme } from "./dom.js" */
/** @import { Icon } from "./icons.js" */
/** @import { Acts } from "./keys.js" */
/** @import { Landscape } from "./landscape.js" */
/** @import { Modes } from "./modes.js" */

/** @typedef {(name: string, value: unknown) => void} Send */

/**
 * A view on the player's clock: `show` is given each new bundle, `hear` what the page tells,
 * and whether it moves the clock. `look` is what of it a link restores; `keys` are its own.
 * `onward` goes a beat of its own further (way 1) or back (−1) and returns the step of the clock there, null past an end: what
 * plays is then beats; `pending` tells that step t is not made yet.
 * @typedef {{ show: (bundle: Bundle) => void, draw: (t: number) => void, hear?: (told: Partial<Told>, cued: boolean) => void,
 *   look?: () => Record<string, unknown>, onward?: (way: number) => number | null, pending?: (t: number) => boolean, keys?: Acts, destroy?: () => void }} View
 */
/**
 * What a view stands on; it calls `rest` where its look has changed. Nothing after step `horizon()` may be seen.
 * @typedef {{ frame: HTMLElement, theme: Theme, move: (t: number) => void, rest: () => void, send: Send, landscape: Landscape, modes: Readonly<Modes>, horizon: () => number }} Stage
 */
/** @typedef {(stage: Stage) => View} Maker */
/** @typedef {ReturnType<typeof makePlayer>} Player */

export const mount = mounting();

// The mount of a page with views of its own beside map, charts and numbers.
/** @param {Maker[]} own */
export function mounting(...own) {
  const players = /** @type {WeakMap<HTMLElement, Player>} */ (new WeakMap());
  /** @type {(root: HTMLElement, told: Told | Uint8Array, send: Send) => () => void} */
  return (root, told, send) => {
    const built = players.get(root) ?? makePlayer(root, own);
    players.set(root, built);
    stage.player = built;
    if (told instanceof Uint8Array) built.play(unpack(told)); else built.follow(told, send);
    return () => setTimeout(() => { // a newer call may have taken over: leave only when the page has really gone
      if (root.isConnected) return;
      if (stage.player === built) stage.player = null;
      built.destroy();
      players.delete(root);
    }, 0);
  };
}

const AHEAD = 300; // ms at rest after which the next moment's picture is fetched
const AGAIN = 3000; // ms after which a bundle that did not come is asked for once more
const SPEEDS = [1, 2, 5, 10, 30, 60, 300];
const BEATS = [0.5, 1, 2, 5];

// A text of a link without the ways of writing a number: 1e-05 is 0.00001.
const plain = (/** @type {string} */ text) => (text.trim() && Number.isFinite(Number(text)) ? Number(text) : text);

/** @param {HTMLElement} root @param {Maker[]} makers */
function makePlayer(root, makers) {
  let told = /** @type {Told | null} */ (null); // by the page, last
  /** @type {Record<string, string>} */
  let drafts = {}; // what the hand has turned and the page does not know yet
  let turned = 0; // the latest turn
  let painted = ""; // what the bundle on show was asked by
  let tongue = ""; // the language of the texts
  /** @type {number | undefined} */
  let cue;
  let shown = /** @type {Bundle | null} */ (null);
  /** @type {Send} */
  let send = () => {};
  let t = 0;
  let steps = 0;
  /** @type {{ at: number, from: number } | null} */
  let playing = null; // {at: time, from: step, or beats since then} while it plays
  let speed = 0; // steps or beats a second; 0: the whole run in about five seconds, or a beat a second
  let equal = false;
  /** @type {(() => void) | null} */
  let arrived = null; // called once it plays no more
  let colours = /** @type {Colours} */ ({});

  const frame = el("div", { class: "rmsprop-player", tabindex: "0", role: "group" });
  root.append(frame);
  const theme = () => colours;
  const modes = makeModes(restyle);
  const horizon = () => (!modes.on.curtain ? Infinity : shown && beaten?.pending?.(t) ? t - 1 : t < steps ? t : Infinity); // the last step that may be seen

  // ---- parts ------------------------------------------------------------------------------------------------
  const host = el("div", { class: "rms-landscape", role: "group" });
  const legend = el("div", { class: "rms-legend" });
  host.append(legend);
  const landscape = makeLandscape(host, theme, () => seat(), horizon);
  const handle = makeHandle(host, landscape, (values, live) => stage.dials?.turn(values, live), (spot) => guess.takes(spot));
  // The legend stands in the corner with the fewest points of the paths under it, and stays while its corner is free.
  // Reading sizes costs a layout: after the paint.
  const legendSeat = settled(seatLegend, 100);
  function seatLegend() {
    const at = landscape.projection();
    const [left, top, wide, high] = at.window;
    const [w, h] = [legend.offsetWidth + 16, legend.offsetHeight + 12];
    const hits = /** @type {Record<string, number>} */ ({ tl: 0, tr: 0, br: 0, bl: 0 });
    for (const { x, y } of landscape.runs) {
      for (let i = 0; i < x.length && i <= horizon(); i++) {
        const [px, py] = [at.x(x[i]) - left, at.y(y[i]) - top];
        const side = px >= 0 && px < w ? "l" : px > wide - w && px <= wide ? "r" : "";
        const edge = py >= 0 && py < h ? "t" : py > high - h && py <= high ? "b" : "";
        if (side && edge) hits[edge + side]++;
      }
    }
    const now = legend.dataset.corner ?? "tl";
    legend.dataset.corner = Object.keys(hits).reduce((best, corner) => (hits[corner] < hits[best] ? corner : best), now);
  }
  const seat = () => {
    const run = landscape.runs.find(({ pinned }) => !pinned);
    if (shown) handle.show(shown.head.movable && !told?.fixed && run ? [run.x[0], run.y[0]] : null);
  };
  const charts = makeCharts(theme, move, () => rest.soon(), horizon);
  const button = (/** @type {Icon} */ name, /** @type {() => void} */ act) => {
    const node = el("button", { type: "button", class: `rms-${name}` }, icon(name));
    node.addEventListener("click", act);
    return node;
  };
  const buttons = {
    first: button("first", () => move(0)), back: button("back", () => move(t - 1)), play: button("play", toggle),
    forward: button("forward", () => move(t + 1)), last: button("last", () => move(steps)),
    equal: button("equal", () => { setEqual(!equal); rest.soon(); }), curtain: button("curtain", () => set({ curtain: !modes.on.curtain })), project: button("project", () => set({ present: !modes.on.present })), full: button("full", fill),
    help: button("help", () => frame.dispatchEvent(new KeyboardEvent("keydown", { key: "?", bubbles: true }))),
  };
  const scrub = el("input", { type: "range", min: 0, step: 1, class: "rms-scrub" });
  const reading = el("output", { class: "rms-reading" });
  const pace = el("select", { class: "rms-pace" });
  const intro = el("p", { class: "rms-intro" });
  const said = makeSaid((query) => send("go", { query, at: Date.now() }));
  const note = el("p", { class: "rms-remark", "aria-live": "polite" });
  const fault = el("p", { class: "rms-fault", role: "alert" });
  const numbers = el("table", { class: "rms-numbers" });
  const readings = makeReadings(numbers, legend);
  frame.append(
    intro,
    el("div", { class: "rms-views" }, host, charts.node),
    el("div", { class: "rms-transport" }, buttons.first, buttons.back, buttons.play, buttons.forward, buttons.last, scrub, reading, pace, buttons.equal, buttons.curtain, buttons.project, buttons.full, buttons.help),
    fault,
    said.node,
    note,
    el("div", { class: "rms-scroll" }, numbers),
  );

  // ---- the clock --------------------------------------------------------------------------------------------
  /** @param {number} next */
  function setClock(next) {
    t = Math.max(0, Math.min(steps, Math.round(next)));
    frame.dataset.t = scrub.value = String(t);
    reading.textContent = _("step {t} of {steps}", { t, steps });
    scrub.setAttribute("aria-valuetext", reading.textContent);
    landscape.draw(Math.min(t, horizon()));
    for (const view of views) view.draw(t);
    host.setAttribute("aria-label", `${_("Contour of the loss with the paths of the methods.")} ${horizon() < Infinity ? "" : said.node.textContent}`);
  }

  /** @param {number} next */
  function move(next) {
    stop();
    setClock(next);
    rest.soon();
  }

  // The server hears of clock and look when they rest, not sixty times a second; `at`: Streamlit hears of nothing that it
  // heard last.
  const rest = settled(() => send("view", { t, cue, speed, equal, ...modes.on, ...Object.assign({}, ...views.map((view) => view.look?.())), at: Date.now() }), 300);

  function toggle() {
    if (playing) { stop(); rest.soon(); return; }
    if (beaten ? !onward() : t >= steps) setClock(0);
    start();
  }

  function start() {
    plays(begun());
    requestAnimationFrame(tick);
  }

  const begun = () => ({ at: performance.now(), from: beaten ? 0 : t });

  // A beat further, where there is one.
  function onward() {
    const to = beaten?.onward?.(1) ?? null;
    if (to !== null) setClock(to);
    return to !== null;
  }

  /** @param {typeof playing} since */
  function plays(since) {
    playing = since;
    frame.dataset.playing = String(playing !== null);
    buttons.play.replaceChildren(icon(playing ? "pause" : "play"));
    buttons.play.setAttribute("aria-label", playing ? _("Pause") : _("Play"));
    if (playing) return;
    arrived?.();
    arrived = null;
  }

  const stop = () => plays(null);

  /** @param {number} time */
  function tick(time) {
    if (!playing) return;
    const made = Math.floor((Math.max(0, time - playing.at) * pacing()) / 1000);
    let over = false;
    if (beaten) {
      for (; playing.from < made && !over; playing.from++) over = !onward();
    } else {
      const next = Math.min(steps, playing.from + made);
      if (next !== t) setClock(next);
      over = next >= steps;
    }
    if (over) { stop(); rest.soon(); return; }
    requestAnimationFrame(tick);
  }

  function pacing() {
    return speed || (beaten ? 1 : SPEEDS.find((s) => s >= steps / 6) ?? Math.ceil(steps / 6));
  }

  // Modes by hand: what is lowered at the end hides the run from its start.
  /** @param {Partial<Modes>} next */
  function set(next) {
    modes.set(next);
    if (next.curtain && t >= steps) move(0);
    restyle();
    rest.soon();
  }

  // The button of full screen leads out of the projector's view too.
  function fill() {
    if (modes.on.present && !document.fullscreenElement) set({ present: false }); else modes.fullScreen();
  }

  const staged = (look = "present") => !told || told.look?.[look] !== undefined; // whether the page knows it

  /** @type {Acts} */
  const keys = {
    " ": toggle,
    ArrowLeft: () => move(t - 1),
    ArrowRight: () => move(t + 1),
    Home: () => move(0),
    End: () => move(steps),
    PageUp: () => staged() && move(t - 1),
    PageDown: () => staged() && move(t + 1),
    c: () => staged("curtain") && set({ curtain: !modes.on.curtain }),
    p: () => staged() && set({ present: !modes.on.present }),
    Escape: () => modes.on.present && set({ present: false }),
    f: modes.fullScreen,
    n: () => frame.classList.toggle("rms-figures"),
  };

  // ---- the link -----------------------------------------------------------------------------------------------
  /** @typedef {{ query: Record<string, string>, turned: Record<string, string>, told: Told }} Asked */

  /** @type {ReturnType<typeof makeRequests<Asked>>} */
  const requests = makeRequests(
    ({ query, turned: values, told }) => {
      const have = (query.lang === tongue && landscape.surface?.key) || "";
      return `${told.path}?${new URLSearchParams({ ...query, have, turned: String(new URLSearchParams(values)) })}`;
    },
    ({ query, turned: values, told }, bundle) => {
      const brought = bundle.head.brought ?? {};
      painted = keyOf(told, { ...query, ...values, ...brought });
      tongue = query.lang;
      if (Object.keys(values).length) stage.dials?.bring({ ...brought, ...drafts });
      update(bundle, told);
    },
  );

  /** @param {Told} told @param {Record<string, string>} query */
  function keyOf(told, query) {
    return told.path + JSON.stringify(Object.entries(query).map(([name, text]) => [name, plain(text)]));
  }

  // Show what the link says, with what the hand has turned since: whether it is on the screen.
  async function show() {
    if (!shown && !await dressed(frame) || !told) return false;
    again.forget();
    const { query } = told;
    if (shown && keyOf(told, { ...query, ...drafts }) === painted && !requests.busy()) {
      update(shown, told);
      return true;
    }
    const status = await requests.ask({ query, turned: { ...drafts }, told });
    const refused = status === 204 && Object.keys(drafts).length > 0; // what was typed can't be run: the page says why
    fault.textContent = status === 200 || refused ? "" : requests.said() || told.failed;
    if (status !== 200 && status !== 413 && !refused) again.soon();
    if (status === 200) expects.soon();
    return status === 200;
  }
  const expects = settled(() => { if (told?.ahead) requests.expect({ query: told.ahead, turned: {}, told }); }, AHEAD);
  const again = settled(show, AGAIN);

  // ---- a new bundle -------------------------------------------------------------------------------------------
  /** @param {Bundle} bundle @param {Partial<Told>} page what it tells */
  function update(bundle, page) {
    const cued = page.cue !== cue; // the clock was moved from outside: a link, a lesson, the first run
    cue = page.cue;
    if (cued) modes.set(page.look);
    buttons.curtain.hidden = !staged("curtain");
    buttons.project.hidden = !staged();
    const restyled = readTheme();
    for (const view of views) view.hear?.(page, cued);
    const atRest = Object.keys(drafts).length === 0;
    write(intro, (page.claim || page.intro) ?? "");
    intro.classList.toggle("rms-claim", Boolean(page.claim));
    write(note, (atRest && page.note) || bundle.head.note || "");
    said.offer((atRest && page.offer) || null);
    const same = bundle === shown || (bundle.head.run === shown?.head.run && !bundle.head.surface);
    if (same && !cued && !restyled) return;
    const atEnd = t >= steps;
    shown = bundle;
    const { head } = bundle;
    if (head.words) { speak(head.words); label(); } // they travel with the surface
    if (cued && page.look) {
      speed = page.look.speed;
      label();
      if (page.look.equal !== equal) setEqual(page.look.equal);
    }
    steps = head.steps;
    scrub.max = String(steps);
    frame.setAttribute("aria-label", _("Player: space plays, arrow keys step, ? lists the keys"));
    landscape.setRuns(runsOf(bundle));
    let drawn = null;
    const surface = surfaceOf(bundle);
    if (surface && surface.key !== landscape.surface?.key) drawn = landscape.setSurface(surface);
    else if (restyled) drawn = landscape.restyle();
    for (const view of views) view.show(bundle);
    if (playing && cued) stop(); // what comes now has not been asked to play
    else if (playing) playing = begun();
    landscape.drawInk();
    seat();
    legendSeat.soon();
    setClock(cued ? page.t ?? steps : atEnd && !playing ? (modes.on.curtain && !same ? 0 : steps) : t);
    frame.dataset.steps = String(steps);
    frame.dataset.playing ??= "false";
    frame.dataset.run = head.run;
    stage.lesson?.arm();
    Promise.resolve(drawn).then(() => {
      if (drawn) frame.dataset.surface = head.surface_key;
      frame.dataset.cue = String(cue);
    });
  }

  function label() {
    /** @type {Record<string, string>} */
    const titles = {
      first: _("To the start"), back: _("One step back"), play: _("Play"), forward: _("One step forward"), last: _("To the end"),
      equal: _("Equal axes"), curtain: _("Curtain: hide what comes next"), project: _("For a projector"), full: _("Full screen"), help: _("Keys"),
    };
    for (const [name, node] of Object.entries(buttons)) {
      if (name !== "play" || !playing) node.setAttribute("aria-label", titles[name]);
      node.title = titles[name];
    }
    scrub.setAttribute("aria-label", _("Step"));
    pace.setAttribute("aria-label", _("Speed"));
    const [auto, known, one, unit] = beaten ? [[], BEATS, _("beat/s"), _("beats/s")] : [[el("option", { value: 0 }, _("5 seconds"))], SPEEDS, _("step/s"), _("steps/s")];
    const speeds = [...new Set([...known, speed])].filter(Boolean).sort((a, b) => a - b); // a link may have one of its own
    pace.replaceChildren(...auto, ...speeds.map((s) => el("option", { value: s }, `${s} ${s === 1 ? one : unit}`)));
    pace.value = String(speed || (beaten ? 1 : 0));
  }

  function readTheme() {
    const { background: before, k } = colours;
    if (setTheme(frame) === before && k === modes.k) return false;
    colours = coloursOf(frame);
    return before !== undefined;
  }

  function restyle() {
    if (!shown) return;
    update(shown, told ?? { cue });
    setClock(t);
  }

  /** @param {boolean} on */
  function setEqual(on) {
    equal = on;
    buttons.equal.setAttribute("aria-pressed", String(on));
    landscape.setEqual(on)?.then(seatLegend);
  }

  function resize() {
    if (!shown || !host.clientWidth) return;
    landscape.resize();
    charts.lay();
    landscape.drawInk();
    setClock(t);
    legendSeat.soon();
  }

  // ---- hands ---------------------------------------------------------------------------------------------------
  scrub.addEventListener("input", () => move(Number(scrub.value)));
  pace.addEventListener("change", () => {
    speed = Number(pace.value);
    if (playing) playing = begun();
    rest.soon();
  });
  /** @type {Stage} */
  const parts = { frame, theme, move, landscape, modes: modes.on, horizon, rest: () => rest.soon(), send: (name, value) => send(name, value) };
  const guess = makeGuess(parts);
  /** @type {View[]} */
  const views = [charts, readings, said, guess, ...[makeRelief, makePicture, makeUpdate, ...makers].map((make) => make(parts))];
  const beaten = views.find((view) => view.onward);
  Object.assign(keys, ...views.map((view) => view.keys));
  for (const [key, way] of [["PageUp", -1], ["PageDown", 1]]) { // in a lesson a clicker steps through that
    const own = keys[key];
    keys[key] = (on) => (stage.lesson ? stage.lesson.walk(Number(way)) : own(on));
  }
  let unheard = false; // of what was done while the server was away
  const hearsAgain = () => { unheard = true; };
  server.addEventListener("back", hearsAgain);
  const leaveKeys = listen(frame, keys);
  const leaveSight = keepInSight(frame, host);
  let measured = "";
  const observer = new ResizeObserver(() => { // only what changes the size of a view
    const now = `${host.clientWidth}x${host.clientHeight} ${charts.node.clientWidth}x${charts.node.clientHeight}`;
    if (now !== measured) { measured = now; resize(); }
  });
  observer.observe(host);
  observer.observe(charts.node);
  landscape.resize();

  return {
    /** @param {Told} page @param {Send} sendTo */
    follow(page, sendTo) {
      send = sendTo;
      if (unheard && told) { // what it says is older than what is on show and is told so, or a link that is followed
        const same = page.t === told.t && JSON.stringify(page.look) === JSON.stringify(told.look);
        cue = same ? page.cue : NaN;
        if (same) rest.soon();
      }
      unheard = false;
      told = page;
      if (page.ack >= turned) drafts = {}; // an older word must not undo what has been turned since
      show();
    },
    /** @param {Bundle} bundle */
    play(bundle) { update(bundle, { cue: 1, t: bundle.head.t, relief: bundle.head.relief }); },
    // Show what the dials say; resolves to whether it is on the screen. `seq` is the number of the turn.
    /** @param {Record<string, string>} values @param {number} seq */
    turn(values, seq) {
      Object.assign(drafts, values);
      turned = seq;
      return show();
    },
    // Take away the curtain and run; `then` is called where that ends.
    /** @param {() => void} then */
    lift(then) {
      set({ curtain: false });
      if (!playing && (beaten ? onward() : t < steps)) start();
      if (playing) arrived = then; else then();
    },
    redraw: () => setClock(t),
    aim: guess.aim,
    draws: charts.draws,
    forgetLine: charts.forgetLine,
    off: charts.off,
    forget() { // what has not been told yet
      rest.forget();
      drafts = {};
      turned = 0;
    },
    destroy() {
      stop();
      for (const act of [rest, legendSeat, again, expects]) act.forget();
      observer.disconnect();
      server.removeEventListener("back", hearsAgain);
      leaveSight();
      leaveKeys();
      if (!stage.player) modes.set({ curtain: false, present: false });
      modes.destroy();
      handle.destroy();
      landscape.destroy();
      for (const view of views) view.destroy?.();
    },
  };
}

// Paper is narrower than the screen, and nothing is painted anew for it: style sheets make it smaller as it is.
addEventListener("beforeprint", () => {
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".rmsprop-player, .st-key-picture"))) {
    node.style.setProperty("--wide", String(node.clientWidth));
    node.style.setProperty("--tall", String(node.querySelector(".rms-views")?.clientHeight));
  }
});
