// Fill in the number: one quantity of the step is hidden, and what is computed from it, on the whole page, since that
// gives it away. The server judges what is put in for it.

import { el } from "../../shared/web/dom.js";
import { _ } from "../../shared/web/language.js";
import { formula } from "../../shared/web/typeset.js";

/** @import { Quiz, Walk } from "pages/step_by_step/head.py" */
/** @import { Hides } from "./lens.js" */

/** @param {{ send: (answer: object) => void, changed: () => void, rest: () => void }} page */
export function makeQuiz({ send, changed, rest }) {
  const which = el("select", { class: "rms-quiz-q" });
  const axis = el("select", { class: "rms-quiz-i" });
  const symbols = el("div", { class: "rms-symbols" });
  const numeric = el("div", { class: "rms-quiz-line" });
  const box = el("input", { type: "text", inputmode: "decimal", autocomplete: "off", spellcheck: "false", class: "rms-quiz-answer" });
  const check = el("button", { type: "submit", class: "rms-quiz-check" });
  const reveal = el("button", { type: "button", class: "rms-quiz-show" });
  const verdict = el("p", { class: "rms-quiz-verdict", role: "status" });
  const label = el("label", {});
  const ask = el("p", { class: "rms-caption" });
  const form = el("form", { class: "rms-quiz-form" }, box, check, reveal);
  const node = el("div", { class: "rms-quiz" }, el("div", { class: "rms-quiz-choice" }, label, which, axis), ask, symbols, numeric, form, verdict);

  /** @type {Walk} */
  let walk;
  /** @type {(mathml: string) => HTMLElement} */
  let make;
  let t = 0;
  let choice = /** @type {[string, string]} */ (["", "0"]); // quantity and coordinate; "": the first there is
  let seq = Date.now(); // no answer of an earlier visit has it
  let shown = false;
  let fair = /** @type {Quiz | null} */ (null);
  const lines = () => walk.beats.flatMap((beat) => beat.lines).filter((line) => line.q !== "g");
  const line = () => lines().find((each) => each.q === choice[0]) ?? lines()[0];
  let asked = false; // the question of this step has been seen: until it is answered, its number is nowhere to be read
  let hidden = /** @type {Set<string>} */ (new Set()); // the quantity and what is computed from it
  /** @type {Hides} */
  const hides = (q, i) => asked && !shown && i === Number(axis.value) && hidden.has(q);
  const allowed = (/** @type {string} */ q, /** @type {number} */ i) => !fair || fair.t !== t || fair.askable[i].includes(q);

  function lay() {
    const now = line();
    hidden = new Set([now.q]);
    for (const { q, numbers } of lines()) {
      const used = [...numbers[0].matchAll(/data-q="(\w+)" data-when="now"/g)];
      if (used.some(([, name]) => hidden.has(name))) hidden.add(q);
    }
    formula(symbols, now.symbols);
    numeric.replaceChildren(make(now.numbers[Number(axis.value)]));
  }

  function renew() {
    shown = false;
    box.value = "";
    verdict.textContent = "";
    verdict.className = "rms-quiz-verdict";
    seq++; // what is on its way answers the question before
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!box.value.trim()) return;
    send({ seq: ++seq, text: box.value, t, q: which.value, i: Number(axis.value) });
  });
  reveal.addEventListener("click", () => {
    shown = true;
    changed();
  });
  for (const select of [which, axis]) {
    select.addEventListener("change", () => { choice = [which.value, axis.value]; renew(); changed(); rest(); });
  }

  return {
    node,
    hides,
    open: () => asked && !shown,
    asks: () => line().q,
    leave() { asked = false; },
    renew,
    chosen: () => (choice[0] ? `${choice[0]}.${"xy"[Number(choice[1])]}` : ""),
    /** @param {string} text as `chosen` gives it */
    choose(text) {
      const [q, name] = text.split(".");
      choice = [q, name === "y" ? "1" : "0"];
    },
    /** @param {Walk} nextWalk @param {string[]} variables @param {(mathml: string) => HTMLElement} maker */
    show(nextWalk, variables, maker) {
      [walk, make] = [nextWalk, maker];
      which.replaceChildren(...lines().map((each) => el("option", { value: each.q }, walk.symbols[each.q].text)));
      which.value = line().q;
      axis.replaceChildren(...variables.map((name, k) => el("option", { value: k }, name)));
      axis.value = choice[1];
      label.textContent = _("Which number?");
      which.setAttribute("aria-label", label.textContent);
      axis.setAttribute("aria-label", variables.join(", "));
      box.placeholder = _("Your number");
      box.setAttribute("aria-label", box.placeholder);
      check.textContent = _("Check");
      reveal.textContent = _("Show it");
      lay();
    },
    /** @param {number} now @param {boolean} here */
    turn(now, here) { // to step `now`; here: the question is on show
      if (now !== t) { t = now; asked = false; renew(); }
      asked ||= here && t > 0;
    },
    draw() {
      const open = allowed(which.value, Number(axis.value)) && t > 0;
      for (const option of which.options) option.disabled = !allowed(option.value, Number(axis.value));
      ask.textContent = open ? _("Compute it from the line below. Four digits, please.") : _("Not from these rounded numbers at this step: too many digits cancel, or the value is 0.");
      check.disabled = box.disabled = !open;
    },
    /** @param {Quiz | undefined} told */
    answer(told) {
      if (!told) return;
      fair = told;
      const found = told.verdict;
      if (walk && found?.seq === seq) {
        verdict.textContent = found.text ?? "";
        verdict.className = `rms-quiz-verdict rms-${found.right ? "right" : "wrong"}`;
        if (found.right) shown = true;
      }
      if (walk) changed();
    },
  };
}
