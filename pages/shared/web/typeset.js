// Formulas made by rmsprop_core/explain/mathml.py.

import { el, find } from "./dom.js";

// Whether this browser has a font whose roots and brackets grow. Where it has none, roots are drawn by style sheet.
let stretches = /** @type {boolean | null} */ (null);
function typesets() {
  if (stretches !== null) return stretches;
  const probe = el("div", { class: "rms-formula", style: "position:absolute;visibility:hidden;font-size:20px" });
  probe.innerHTML = '<math><mrow><mo stretchy="true">(</mo><mspace height="60px" depth="60px"/></mrow></math>';
  document.body.append(probe);
  stretches = find(probe, "mo").getBoundingClientRect().height > 60;
  probe.remove();
  return stretches;
}

// Put MathML made by rmsprop_core/explain/mathml.py into a node.
/** @param {HTMLElement} node @param {string} mathml */
export function formula(node, mathml) {
  node.classList.add("rms-formula");
  node.innerHTML = mathml;
  if (typesets()) return node;
  node.classList.add("rms-drawn");
  for (const root of node.querySelectorAll("msqrt")) {
    const drawn = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mrow");
    drawn.setAttribute("class", "rms-root");
    drawn.setAttribute("aria-label", "√");
    drawn.append(...root.childNodes);
    root.replaceWith(drawn);
  }
  return node;
}
