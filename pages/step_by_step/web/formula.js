// Formulas made by rmsprop_core/explain/mathml.py, in which numbers change in place.

import { find, write } from "../../shared/web/dom.js";
import { digits } from "../../shared/web/numbers.js";

/** A number on show: whose it is, and what stands there now. @typedef {{ node: Element, run: string, q: string, when: string, i: number, fence?: string, value: number, hidden?: boolean }} Cell */

/** @param {string} text @param {string} [fence] */
export function fenced(text, fence) {
  const needed = fence === "sign" ? text.startsWith("−") : fence === "base" && /[^0-9.]/.test(text);
  return needed ? `(${text})` : text;
}

// A line with numbers in two formulas, so that it can break before "≈ result" and nowhere else.
/** @param {HTMLElement} node */
export function breakable(node) {
  const whole = find(node, "math");
  const row = find(whole, "mrow");
  if (row.childElementCount < 5) return node;
  const end = /** @type {HTMLElement} */ (whole.cloneNode(false));
  const tail = /** @type {HTMLElement} */ (row.cloneNode(false));
  tail.append(...[...row.children].slice(-2));
  end.append(tail);
  find(end, "mo").setAttribute("form", "infix");
  whole.after(end);
  return node;
}

// The numbers of a formula that a clock changes: value(q, when, i) gives them, write(cell, value) puts them in place.
/** @param {HTMLElement} node @param {string} run @returns {Cell[]} */
export function numbersOf(node, run) {
  return /** @type {HTMLElement[]} */ ([...node.querySelectorAll("mn[data-q]")]).map((mn) => {
    const { q = "", when = "", i = "0", fence } = mn.dataset;
    return { node: mn, run, q, when, i: Number(i), fence, value: NaN };
  });
}

/** @param {Cell} cell @param {number} value @param {boolean} hidden */
export function writeNumber(cell, value, hidden) {
  if (Object.is(cell.value, value) && cell.hidden === hidden) return;
  [cell.value, cell.hidden] = [value, hidden];
  const text = hidden ? "?" : fenced(digits(value, cell.q), cell.fence);
  write(cell.node, text);
}
