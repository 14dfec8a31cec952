// Formulas made by rmsprop_core/explain/mathml.py, in which numbers change in place.

import { el } from "../../shared/web/dom.js";
import { figures } from "../../shared/web/numbers.js";

export function fenced(text, fence) {
  const needed = fence === "sign" ? text.startsWith("−") : fence === "base" && /[^0-9.]/.test(text);
  return needed ? `(${text})` : text;
}

// Whether this browser has a font whose roots and brackets grow. Where it has none, roots are drawn by style sheet.
let stretches = null;
function typesets() {
  if (stretches !== null) return stretches;
  const probe = el("div", { class: "rms-formula", style: "position:absolute;visibility:hidden;font-size:20px" });
  probe.innerHTML = '<math><mrow><mo stretchy="true">(</mo><mspace height="60px" depth="60px"/></mrow></math>';
  document.body.append(probe);
  stretches = probe.querySelector("mo").getBoundingClientRect().height > 60;
  probe.remove();
  return stretches;
}

// Put MathML made by rmsprop_core/explain/mathml.py into a node.
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

// A line with numbers in two formulas, so that it can break before "≈ result" and nowhere else.
export function breakable(node) {
  const whole = node.querySelector("math");
  const row = whole.firstElementChild;
  if (row.childElementCount < 5) return node;
  const end = whole.cloneNode(false);
  end.append(row.cloneNode(false));
  end.firstChild.append(...[...row.children].slice(-2));
  end.querySelector("mo").setAttribute("form", "infix");
  whole.after(end);
  return node;
}

// The numbers of a formula that a clock changes: value(q, when, i) gives them, write(cell, value) puts them in place.
export function numbersOf(node, run) {
  return [...node.querySelectorAll("mn[data-q]")]
    .map((mn) => ({ node: mn, run, q: mn.dataset.q, when: mn.dataset.when, i: Number(mn.dataset.i ?? 0), fence: mn.dataset.fence, value: NaN }));
}

export function writeNumber(cell, value, hidden) {
  if (Object.is(cell.value, value) && cell.hidden === hidden) return;
  [cell.value, cell.hidden] = [value, hidden];
  const text = hidden ? "?" : fenced(figures(value, cell.q), cell.fence);
  if (cell.node.textContent !== text) cell.node.textContent = text;
}
