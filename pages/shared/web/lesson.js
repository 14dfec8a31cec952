// A moment of a lesson: a sentence or a question, an answer given before the run is shown, and the way to the next. What has
// been answered stays in this browser and nowhere else.
// send("moment", {k, told}) asks for another one.

import { el, find, setTheme, write } from "./dom.js";
import { _ } from "./language.js";
import { digits } from "./numbers.js";
import { stage } from "./stage.js";

/** @import { Send } from "./player.js" */

/**
 * @typedef {object} Moment
 * @property {string} lesson its key
 * @property {string} title
 * @property {number} k counted from 1
 * @property {number} of how many there are
 * @property {"" | "choice" | "number" | "point" | "curve"} kind what is asked for
 * @property {string} say
 * @property {string} ask
 * @property {string[]} choices
 * @property {number | string} answer the right choice's number, or the number itself
 * @property {string} because
 * @property {string[]} slips why one says something else: one a choice, or one in all
 * @property {string} law
 * @property {string} probe
 * @property {string} open its link
 * @property {string} list where all lessons are
 * @property {string} after the lesson that comes next, of the last moment
 * @property {boolean} before a lesson comes before it, of the first moment
 * @property {boolean} charts they belong to it, on a projector too
 * @property {boolean} lifted the curtain is up already
 * @property {boolean} changed its numbers are no more those of the text
 */
/** @typedef {number | [number, number] | null} Guess of a choice its number, counted from 1 */
/** @typedef {ReturnType<typeof makeLesson>} Lesson */

const STORE = "rmsprop.lessons"; // {lesson: {moment: guess, or null where none was made}}
const PATIENCE = 2000; // ms after which a moment that has not come is asked for once more
const CLOSE = 0.02; // so near, as a part of the truth, is a number that is right; or rounded to it

const lessons = /** @type {WeakMap<HTMLElement, Lesson>} */ (new WeakMap());

/** @returns {Record<string, Record<string, Guess>>} */
export function kept() {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? "{}");
  } catch { // a browser that keeps nothing, or something else of this name
    return {};
  }
}

/** @param {string} lesson @param {number} k @param {Guess} guess */
function keep(lesson, k, guess) {
  const all = kept();
  all[lesson] = { ...all[lesson], [k]: guess };
  try { localStorage.setItem(STORE, JSON.stringify(all)); } catch { /* it is forgotten with the page */ }
}

/** @param {HTMLElement} root @param {Moment} moment @param {Send} send */
export function lesson(root, moment, send) {
  const built = lessons.get(root) ?? makeLesson(root);
  lessons.set(root, built);
  const comes = stage.lesson !== built;
  stage.lesson = built;
  built.show(moment, send);
  if (comes) stage.player?.redraw();
  return () => setTimeout(() => {
    if (root.isConnected) return;
    built.leave();
    if (stage.lesson === built) stage.lesson = null;
    if (!stage.lesson) document.documentElement.classList.remove("rms-taught");
  }, 0);
}

// Whether a number is the truth as far as it was said.
/** @param {number} guess @param {number} truth */
function hits(guess, truth) {
  const decimals = (String(guess).split(".")[1] ?? "").length;
  return Math.abs(guess - truth) <= CLOSE * Math.abs(truth) || (guess !== 0 && Number(truth.toFixed(decimals)) === guess);
}

// A text in which what stands between ` is a formula.
/** @param {string} text @returns {(Node | string)[]} */
const typeset = (text) => text.split("`").map((part, i) => (i % 2 ? el("var", {}, part) : part));

/** @param {HTMLElement} root */
function makeLesson(root) {
  const frame = el("section", { class: "rms-lesson" });
  root.append(frame);
  document.documentElement.classList.add("rms-taught");
  let moment = /** @type {Moment | null} */ (null);
  /** @type {Send} */
  let send = () => {};
  let guess = /** @type {Guess} */ (null);
  let answered = false;
  let runs = false; // the answer is given, and its reason waits for the run
  let key = "";

  let gone = -Infinity; // when another moment was asked for that has not come yet

  // What is not told yet of this moment would break into the next one, and so would a second click. Who goes back to what
  // was answered here sees the answer.
  /** @param {number} k @param {boolean} [told] */
  function go(k, told = false) {
    if (performance.now() - gone < PATIENCE) return;
    gone = performance.now();
    stage.player?.forget();
    stage.dials?.forget();
    send("moment", { k, told, at: Date.now() });
  }
  const button = (/** @type {string} */ text, /** @type {() => void} */ act, name = "") => {
    const node = el("button", { type: "button", class: name }, ...typeset(text));
    node.addEventListener("click", act);
    return node;
  };

  function commit() {
    if (!moment || answered) return;
    keep(moment.lesson, moment.k, guess);
    answered = runs = true;
    arm();
    if (stage.player) stage.player.lift(tell); else tell();
    if (runs) paint();
  }

  // The reason, once the run has been seen.
  function tell() {
    if (!runs) return;
    runs = false;
    paint();
  }

  // A step on or back, as a clicker makes it: the run and its reason come before the next moment.
  /** @param {number} way */
  function walk(way) {
    if (!moment) return;
    if (way > 0 && moment.kind && !answered) commit();
    else if (way > 0 && runs) tell();
    else if ((moment.k + way >= 1 || moment.before) && (moment.k + way <= moment.of || moment.after)) {
      const k = moment.k + way;
      go(k, way < 0 && kept()[moment.lesson]?.[k] !== undefined);
    }
  }

  // A clicker's keys, where there is no player to hear them.
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const way = event.key === "PageDown" ? 1 : event.key === "PageUp" ? -1 : 0;
    if (!way || stage.player || !frame.isConnected) return;
    event.preventDefault();
    walk(way);
  }
  addEventListener("keydown", pressed);

  const points = (/** @type {[number, number]} */ place) => took(place);
  const draws = () => took(0); // the chart keeps the line itself

  /** @param {Guess} given */
  function took(given) {
    const first = guess === null;
    guess = given;
    if (first) paint();
  }

  // What the player's hands do while a moment waits for a place or a line; there may be no player yet.
  function arm() {
    const open = (/** @type {Moment["kind"]} */ kind) => moment?.kind === kind && !answered;
    stage.player?.aim(open("point") ? points : null);
    stage.player?.draws(open("curve") ? draws : null);
  }

  /** @param {Moment} now @returns {Node[]} */
  function asked(now) {
    const { kind, choices } = now;
    if (kind === "choice") {
      return [el("div", { class: `rms-choices${answered && !runs ? " rms-answered" : ""}`, role: "group" }, ...choices.map((text, i) => {
        const node = button(text, () => { guess = i + 1; paint(); });
        node.disabled = answered;
        node.setAttribute("aria-pressed", String(guess === i + 1));
        if (answered && !runs) node.classList.toggle("rms-right", now.answer === i + 1);
        return node;
      }))];
    }
    if (kind === "number") {
      const box = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", size: 8, "aria-label": _("Your number") });
      if (typeof guess === "number") box.value = String(guess);
      box.disabled = answered;
      box.addEventListener("input", () => {
        guess = box.value.trim() ? Number(box.value.replace("−", "-").replace(",", ".")) : null;
        if (Number.isNaN(guess)) guess = null;
      });
      box.addEventListener("keydown", (event) => { if (event.key === "Enter") commit(); });
      return [el("label", {}, `${_("Your number")} `, box)];
    }
    if (kind === "curve") {
      return [el("p", { class: "rms-how" }, _("Draw the loss into its chart, from left to right."))];
    }
    return [el("p", { class: "rms-how" }, _("Click on the plane where you expect it."))];
  }

  /** @param {Moment} now @returns {Node[]} */
  function answer(now) {
    const { kind, because, law, probe, slips } = now;
    const parts = /** @type {Node[]} */ ([]);
    const right = kind === "choice" ? guess === now.answer : kind === "number" && typeof guess === "number" && hits(guess, Number(now.answer));
    if (kind === "number") {
      const found = digits(Number(now.answer), "", 3);
      const said = right ? _("Right: it is {found}.", { found }) : typeof guess === "number" ? _("You said {guess}; it is {found}.", { guess: digits(guess), found }) : _("It is {found}.", { found });
      parts.push(el("p", { class: "rms-verdict-of" }, said));
    } else if (kind === "choice" && guess !== null) parts.push(el("p", { class: "rms-verdict-of" }, right ? _("Right.") : _("No: it is the marked one.")));
    const off = kind === "curve" ? (stage.player?.off("rmsprop") ?? NaN) : NaN;
    if (Number.isFinite(off)) parts.push(el("p", { class: "rms-verdict-of" }, _("Your line is {n} powers of ten from RMSprop's, on average.", { n: digits(off, "", 2) })));
    if (because) parts.push(el("p", {}, ...typeset(because)));
    const slip = kind === "choice" && typeof guess === "number" && slips.length > 1 ? slips[guess - 1] : slips[0];
    if (slip && guess !== null && !right && kind !== "point" && kind !== "curve") parts.push(el("p", { class: "rms-slip" }, ...typeset(slip)));
    if (law) parts.push(el("p", { class: "rms-law" }, law));
    if (probe) parts.push(el("p", { class: "rms-probe" }, el("b", {}, `${_("Try it")}: `), ...typeset(probe)));
    return parts;
  }

  function paint() {
    if (!moment) return;
    const now = moment;
    const { k, of } = now;
    const open = now.kind !== "" && !answered;
    const back = button(_("Back"), () => walk(-1), "rms-back");
    back.disabled = k === 1 && !now.before;
    const on = runs ? button(_("Why?"), tell, "rms-commit") : open ? button(guess === null ? _("Show") : _("This is my answer"), commit, "rms-commit") : button(now.after ? _("Next lesson: {title}", { title: now.after }) : _("Next"), () => walk(1), "rms-next");
    on.disabled = !open && !runs && k === of && !now.after;
    const list = el("a", { href: now.list, target: "_self" }, _("All lessons"));
    frame.replaceChildren(
      el("header", {}, el("b", {}, now.title), el("small", {}, _("{k} of {n}", { k, n: of }))),
      ...(now.say ? [el("p", {}, ...typeset(now.say))] : []),
      ...(now.ask ? [el("p", { class: "rms-ask" }, ...typeset(now.ask)), ...asked(now)] : []),
      ...(open || runs ? [] : answer(now)),
      el("div", { class: "rms-walk-on" }, back, on),
      el("p", { class: "rms-changed" }),
      el("footer", {}, ...(open || runs ? [] : [el("a", { href: now.open, target: "_self" }, _("Open it without the lesson"))]), list),
    );
    frame.classList.toggle("rms-with-charts", now.charts);
    depart(now.changed);
  }

  // The numbers of the text are those of the moment: say so where the dials have left them.
  /** @param {boolean} changed */
  function depart(changed) {
    const place = find(frame, ".rms-changed");
    if (!moment || changed === Boolean(place.textContent)) return;
    const { k } = moment;
    if (changed) place.replaceChildren(`${_("You have changed something: the text is of the numbers before.")} `, button(_("Back to the lesson's numbers"), () => go(k))); else write(place, "");
  }

  return {
    walk,
    arm,
    leave: () => removeEventListener("keydown", pressed),
    /** @param {Moment} next @param {Send} sendTo */
    show(next, sendTo) {
      send = sendTo;
      setTheme(frame);
      const name = JSON.stringify({ ...next, changed: false, lifted: false });
      const comes = name !== key;
      const lifts = next.lifted && next.kind !== "" && !answered;
      moment = next;
      if (comes) {
        key = name;
        gone = -Infinity;
        const before = kept()[next.lesson]?.[next.k];
        guess = before === undefined ? null : before;
        answered = next.lifted;
        runs = false;
        stage.player?.forgetLine();
        if (!next.kind) keep(next.lesson, next.k, null);
      } else if (lifts) answered = true;
      if (comes || lifts) paint(); else depart(next.changed);
      arm();
    },
  };
}
