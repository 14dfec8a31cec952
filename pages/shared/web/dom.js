// Elements, and the colours that Streamlit's theme gives them.

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | undefined>} [attributes] undefined: not set
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

// Write a text where another one stands: a page whose text stays is not laid out anew.
/** @param {Element} node @param {string} text */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Streamlit's theme arrives as CSS variables: mark an element light or dark by them, and return the background.
const themes = /** @type {Record<string, string>} */ ({});

/** @param {HTMLElement} node */
export function setTheme(node) {
  const background = getComputedStyle(node).getPropertyValue("--st-background-color").trim() || "#ffffff";
  node.dataset.theme = themes[background] ??= luminance(background) < 100 ? "dark" : "light";
  return background;
}

/** @typedef {ReturnType<typeof coloursOf>} Colours */
/** The theme as it is now. @typedef {() => Colours} Theme */

// The theme of an element; `of` gives a method's or a symbol's colour by its name in the style sheet. Type is `k` times, and
// lines are `bold` times as large as on a desk (modes.js).
/** @param {HTMLElement} node */
export function coloursOf(node) {
  const now = getComputedStyle(node);
  const known = /** @type {Record<string, string>} */ ({});
  const of = (/** @type {string} */ name) => (known[name] ??= now.getPropertyValue(`--${name}`).trim());
  const k = Number(of("k")) || 1;
  const surface = of("surface").split(/\s+/).map((colour, i, all) => /** @type {[number, string]} */ ([i / (all.length - 1), colour]));
  return { background: setTheme(node), font: now.fontFamily, text: of("text"), grid: of("grid"), cursor: of("cursor"), level: of("level"), surface, k, bold: k > 1 ? 0.8 * k : 1, of };
}

const FRAME = 16; // ms

// Wait for the page's style sheet: another component brings it, on a slow machine after this one.
/** @param {HTMLElement} node @returns {Promise<boolean>} whether it came before the page was left */
export async function dressed(node) {
  while (node.isConnected && !getComputedStyle(node).getPropertyValue("--surface")) await new Promise((again) => setTimeout(again, FRAME));
  return node.isConnected;
}

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = mixed(colour);
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

// Red, green and blue of colours that lie over each other, the last on top.
/** @param {string[]} colours */
export function mixed(...colours) {
  const pen = penOf(el("canvas", { width: 1, height: 1 }));
  for (pen.fillStyle of colours) pen.fillRect(0, 0, 1, 1);
  return pen.getImageData(0, 0, 1, 1).data.subarray(0, 3);
}

// An act that is done once nobody has asked for it again for `pause` ms.
/** @template {unknown[]} Of @param {(...of: Of) => void} act @param {number} pause */
export function settled(act, pause) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const forget = () => clearTimeout(waiting);
  return { soon(/** @type {Of} */ ...of) { forget(); waiting = setTimeout(act, pause, ...of); }, forget };
}

// The pen of a canvas; every browser that runs modules has one.
/** @param {HTMLCanvasElement} canvas */
export function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

// The pen of a canvas on a clean sheet of so many px of the page, sharp on this screen.
/** @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function blank(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const pen = penOf(canvas);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, size.width, size.height);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

// What the selector finds in a node that has it.
/** @param {ParentNode} node @param {string} selector */
export function find(node, selector) {
  return /** @type {HTMLElement} */ (node.querySelector(selector));
}

// A name that anyone may have typed, for Plotly, which reads <b>, &lt; and, in what a pointer shows, %{x}.
export const plain = (/** @type {string} */ name) => name.replace(/[&<%]/g, (sign) => `&#${sign.charCodeAt(0)};`);
