// The update of each method as one formula. A dial under the hand lights its symbol in it, and a symbol its dial.

import { el, find } from "./dom.js";
import { formula } from "./typeset.js";

/** @import { Stage, View } from "./player.js" */

const TURNED = ["lr", "rho", "eps", "momentum", "beta1", "beta2", "weight_decay"];

/** @param {Stage} stage @returns {View} */
export function makeUpdate({ frame }) {
  const node = el("div", { class: "rms-update" });
  find(frame, ".rms-transport").after(node);
  const leaving = new AbortController();
  let laid = "";
  let hovered = "";
  let focused = "";
  let shown = ""; // the name that is lit

  // The name of the dial that something is, or is a symbol of.
  /** @param {EventTarget | null} target */
  function dialOf(target) {
    const found = target instanceof Element ? target.closest(".rms-dial, .rms-update [data-dial]") : null;
    return found?.getAttribute("data-dial") ?? found?.querySelector("input")?.name ?? "";
  }

  function light() {
    const name = hovered || focused;
    if (name === shown) return;
    shown = name;
    for (const symbol of node.querySelectorAll("[data-dial]")) symbol.classList.toggle("rms-lit", symbol.getAttribute("data-dial") === name);
    const lit = name && node.querySelector(`[data-dial="${name}"]`);
    for (const dial of document.querySelectorAll(".rms-dial")) dial.classList.toggle("rms-lit", Boolean(lit) && dialOf(dial) === name);
  }

  /** @param {string} event @param {(target: EventTarget | null) => void} act */
  const on = (event, act) => document.addEventListener(event, ({ target }) => { act(target); light(); }, leaving);
  on("pointerover", (target) => { hovered = dialOf(target); });
  on("focusin", (target) => { focused = dialOf(target); });
  on("focusout", () => { focused = ""; });

  return {
    show({ head: { formulas = [] } }) {
      const next = JSON.stringify(formulas);
      if (next === laid) return;
      laid = next;
      node.replaceChildren(...formulas.map(({ title, colour, prefix, lines }) => {
        const row = el("span", { style: `--method: var(--${colour})` }, el("b", {}, title), ...lines.map((line) => formula(el("span"), line)));
        for (const name of TURNED) for (const symbol of row.querySelectorAll(`.sym-${name}`)) symbol.setAttribute("data-dial", prefix + name);
        return row;
      }));
      shown = "";
      light();
    },
    draw() {},
    destroy() { leaving.abort(); },
  };
}
