// The keys of a page with the player, all of them: its clock's, its modes', those of its views; b for a black screen and
// ? for a list. A clicker sends PageDown and PageUp.

import { el } from "./dom.js";
import { _ } from "./language.js";

/** What a key does; it is given where the focus is. False: nothing, so that the page's own stands. @typedef {Record<string, (on: Element) => unknown>} Acts */

// What is typed or chosen there is no key of ours; a browser's own dialog closes by itself.
const FIELDS = "input:not([type=range]), textarea, select, [contenteditable=true], dialog[open], [role=dialog], [role=listbox]";
const OWN = ".rms-start, .rms-map, .rms-relief, .rms-pictures, input:not(.rms-scrub)"; // they have arrows of their own
const CLOCK = ["ArrowLeft", "ArrowRight", "Home", "End"]; // the player's, or those of a page where nothing has the focus
const PAGES = ["PageDown", "PageUp"]; // of no use in a field of one line
const REPEATED = [...CLOCK, ...PAGES];
const list = () => [
  [_("Space"), _("play or pause")],
  ["← →", _("a step back or on")],
  [_("Home End"), _("to the start or the end")],
  ["PageUp PageDown", _("back or on, as a clicker does; in Step by step by beats")],
  ["c", _("curtain: hide what comes next")],
  ["n", _("show or hide numbers")],
  ["p", _("view for a projector")],
  ["f", _("full screen")],
  ["b", _("black screen, until the next key")],
  ["?", _("this list")],
];

/** @param {HTMLElement} frame @param {Acts} acts */
export function listen(frame, acts) {
  const black = el("div", { class: "rms-black" });
  const help = el("dialog", { class: "rms-keys" });
  frame.append(help);
  black.addEventListener("click", () => black.remove());
  help.addEventListener("click", () => help.close());
  help.addEventListener("keydown", (event) => { if (event.key === "?") help.close(); });

  /** @type {Acts} */
  const all = {
    ...acts,
    b: () => document.body.append(black),
    "?": () => {
      help.replaceChildren(el("button", { type: "button" }, _("Close")), el("h3", {}, _("Keys")), el("table", {}, ...list().map(([key, text]) => el("tr", {}, el("th", {}, el("kbd", {}, key)), el("td", {}, text)))));
      help.showModal();
    },
  };

  /** @param {Element} on @param {string} key */
  function meant(on, key) {
    if (on.closest(FIELDS)) return PAGES.includes(key) && on.matches("input");
    return !CLOCK.includes(key) || ((on === document.body || frame.contains(on)) && !on.closest(OWN));
  }

  // Before the page's own keys: Streamlit has some too.
  /** @param {KeyboardEvent} event */
  function pressed(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const on = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || !frame.isConnected) return;
    const act = black.isConnected ? () => black.remove() : all[key];
    if (!act || !meant(on, key)) return;
    if ((!event.repeat || REPEATED.includes(key)) && act(on) === false) return;
    event.preventDefault();
    event.stopPropagation();
  }

  window.addEventListener("keydown", pressed, true);
  window.addEventListener("keyup", released, true);
  return () => {
    window.removeEventListener("keydown", pressed, true);
    window.removeEventListener("keyup", released, true);
    black.remove();
  };

  // A button is pressed by space once it is let go; here it plays.
  /** @param {KeyboardEvent} event */
  function released(event) {
    if (event.key === " " && meant(/** @type {Element} */ (event.target), " ")) event.preventDefault();
  }
}
